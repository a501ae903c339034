// The shared library consists of the layers; this file only gives it a name.
namespace numest {
const char* version() { return "0.1.0"; }
}  // namespace numest
