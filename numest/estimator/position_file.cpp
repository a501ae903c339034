// Layout: magic, masked CRC-32C of the rest, seed, first step, the state of
// the iterator; numbers are little-endian.
#include <string_view>

#include "numest/base/crc32c.h"
#include "numest/base/error.h"
#include "numest/estimator/checkpoints.h"
#include "numest/formats/byte_order.h"

namespace numest::estimator {
namespace {

constexpr std::string_view kMagic = "NMP1";
constexpr size_t kChecked = kMagic.size() + sizeof(uint32_t);
constexpr size_t kHeader = kChecked + sizeof(uint64_t) + sizeof(int64_t);

}  // namespace

std::string to_position_file(const DataPosition& position) {
  std::string checked;
  append_little(checked, position.seed);
  append_little(checked, position.begin_step);
  checked += position.state;
  std::string bytes(kMagic);
  append_little(bytes, masked_crc32c(checked));
  return bytes + checked;
}

DataPosition parse_position_file(std::string_view bytes,
                                 const std::string& source) {
  NUMEST_USER_CHECK(
      bytes.size() > kHeader && bytes.starts_with(kMagic) &&
          load<uint32_t>(bytes.data() + kMagic.size()) ==
              masked_crc32c(bytes.substr(kChecked)),
      DataLossError,
      "{}: the data position of the run that is to go on is damaged: got {} "
      "bytes whose checksum differs; remove the file, the data then starts "
      "from the beginning",
      source, bytes.size());
  return {load<uint64_t>(bytes.data() + kChecked),
          load<int64_t>(bytes.data() + kChecked + sizeof(uint64_t)),
          std::string(bytes.substr(kHeader))};
}

}  // namespace numest::estimator
