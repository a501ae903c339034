// Little-endian numbers of eight bytes; texts with their length before them.
#include "numest/data/state.h"

#include "numest/base/error.h"

namespace numest::data {

void StateWriter::number(uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8)
    bytes_.push_back(static_cast<char>((value >> shift) & 0xff));
}

void StateWriter::text(std::string_view value) {
  number(value.size());
  bytes_.append(value);
}

void StateReader::expect(std::string_view name) {
  const std::string found = text();
  NUMEST_USER_CHECK(found == name, ValueError,
                    "set_state: the state is of another dataset: got a state "
                    "of '{}', expected '{}'; build the same pipeline first",
                    found, name);
}

uint64_t StateReader::number() {
  NUMEST_USER_CHECK(rest_.size() >= 8, ValueError,
                    "set_state: the state is damaged: got {} bytes, expected "
                    "8 or more",
                    rest_.size());
  uint64_t value = 0;
  for (size_t i = 0; i < 8; ++i)
    value |= uint64_t{static_cast<unsigned char>(rest_[i])} << (8 * i);
  rest_.remove_prefix(8);
  return value;
}

int64_t StateReader::position() {
  const auto value = static_cast<int64_t>(number());
  NUMEST_USER_CHECK(value >= 0, ValueError,
                    "set_state: the state is damaged: got position {}", value);
  return value;
}

std::string StateReader::text() {
  const uint64_t size = number();
  NUMEST_USER_CHECK(rest_.size() >= size, ValueError,
                    "set_state: the state is damaged: got {} bytes, expected "
                    "{} or more",
                    rest_.size(), size);
  std::string value(rest_.substr(0, size));
  rest_.remove_prefix(size);
  return value;
}

void StateReader::finish() const {
  NUMEST_USER_CHECK(rest_.empty(), ValueError,
                    "set_state: the state is of another dataset: got {} bytes "
                    "more than expected",
                    rest_.size());
}

}  // namespace numest::data
