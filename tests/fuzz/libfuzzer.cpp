// The same targets, guided by coverage: NUMEST_FUZZ_TARGET names one.
//   NUMEST_FUZZ_TARGET=npy numest_libfuzzer -max_total_time=60 CORPUS_FOLDER
// Seeds are written to the corpus folder at the start.
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "numest/base/counters.h"
#include "numest/base/error.h"
#include "numest/base/file.h"
#include "numest/base/log.h"
#include "tests/fuzz/target.h"

namespace numest::fuzz {
namespace {

constexpr int64_t kMaxArrayBytes = int64_t{64} << 20;

// Without a target lists them and leaves.
const Target& chosen() {
  static const Target& target = []() -> const Target& {
    const char* name = std::getenv("NUMEST_FUZZ_TARGET");
    for (const Target& t : all_targets())
      if (name && t.name == name) return t;
    std::puts("NUMEST_FUZZ_TARGET must be one of:");
    for (const Target& t : all_targets()) std::puts(t.name.c_str());
    std::exit(2);
  }();
  return target;
}

void write_seeds(const std::string& folder) {
  make_directories(folder);
  const Target& target = chosen();
  for (size_t i = 0; i < target.seeds.size(); ++i)
    write_file_atomically(join_path(folder, fmt::format("seed-{}", i)),
                          target.seeds[i]);
}

void read(std::string_view bytes) {
  const Target& target = chosen();
  const int64_t before = counter_value(Counter::array_bytes);
  try {
    target.read(target.wrap ? target.wrap(std::string(bytes)) : bytes);
  } catch (const UserError&) {
  }
  if (counter_value(Counter::array_bytes) - before > kMaxArrayBytes)
    std::abort();  // sizes were believed before the bytes were there
}

}  // namespace
}  // namespace numest::fuzz

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  numest::set_log_sink([](numest::LogLevel, std::string_view) {});
  google::protobuf::SetLogHandler(nullptr);
  numest::fuzz::chosen();  // or the list of targets
  for (int i = 1; i < *argc; ++i)
    if ((*argv)[i][0] != '-') numest::fuzz::write_seeds((*argv)[i]);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  numest::fuzz::read({reinterpret_cast<const char*>(data), size});
  return 0;
}
