// The table of errors as data, and the text of an internal error.
#include "numest/base/error.h"

namespace numest {
namespace {

constexpr ErrorInfo kErrors[] = {
#define NUMEST_ERROR_INFO(name, python, cause) \
  {ErrorCode::k##name, #name, python, cause},
    NUMEST_ERROR_TABLE(NUMEST_ERROR_INFO)
#undef NUMEST_ERROR_INFO
};

}  // namespace

const ErrorInfo& error_info(ErrorCode code) { return kErrors[size_t(code)]; }

InternalError::InternalError(const char* file, int line,
                             const std::string& message)
    : std::logic_error(
          fmt::format("{}:{}: internal error: {}. This is a bug in Numest; "
                      "please report it with this text",
                      file, line, message)) {}

}  // namespace numest
