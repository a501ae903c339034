// What the targets share.
#include "tests/fuzz/target.h"

#include <sys/mman.h>
#include <unistd.h>

#include "numest/base/crc32c.h"
#include "numest/base/error.h"
#include "numest/base/soak_for_test.h"

namespace numest::fuzz {

std::string digest(const Array& array) {
  const Array rows = array.contiguous();
  std::string text =
      fmt::format("{}{} ", name(rows.dtype()), rows.shape().to_string());
  if (rows.dtype() == DType::kBytes) {
    for (const Bytes& b : rows.span<Bytes>())
      text += fmt::format("{}:{} ", b.size(), b);
    return text;
  }
  const std::string_view bytes(reinterpret_cast<const char*>(rows.raw()),
                               size_t(rows.nbytes()));
  return text + std::string(bytes);
}

std::string digest(const NamedArrays& arrays) {
  std::string text;
  for (const auto& [key, array] : arrays)
    text += key + " = " + digest(array) + "\n";
  return text;
}

MemoryFile::MemoryFile(std::string_view bytes)
    : descriptor_(::memfd_create("numest-fuzz", 0)),
      path_(fmt::format("/proc/self/fd/{}", descriptor_)) {
  NUMEST_CHECK(descriptor_ >= 0);
  NUMEST_CHECK(::write(descriptor_, bytes.data(), bytes.size()) ==
               ssize_t(bytes.size()));
}

MemoryFile::~MemoryFile() { ::close(descriptor_); }

const std::vector<Target>& all_targets() {
  static const std::vector<Target> all = [] {
    keep_files_in_memory();
    std::vector<Target> targets;
    for (const auto& some : {array_targets(), checkpoint_targets(),
                             record_targets(), program_targets()})
      targets.insert(targets.end(), some.begin(), some.end());
    return targets;
  }();
  return all;
}

}  // namespace numest::fuzz
