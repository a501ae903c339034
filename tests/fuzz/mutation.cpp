// Each change is a function of the bytes, a source of randomness, and the
// target; a table lists them.
#include "tests/fuzz/mutation.h"

#include <algorithm>
#include <limits>

#include "numest/formats/byte_order.h"

namespace numest::fuzz {
namespace {

size_t below(Stream& random, size_t bound) {
  return size_t(random.next_below(uint64_t(bound)));
}

size_t place_in(const std::string& bytes, Stream& random) {
  return below(random, bytes.size() + 1);
}

void flip(std::string& bytes, Stream& random, const Target&) {
  if (bytes.empty()) return;
  bytes[below(random, bytes.size())] ^= char(1 << below(random, 8));
}

void set_byte(std::string& bytes, Stream& random, const Target&) {
  constexpr int kBytes[] = {0, 1, 0x7f, 0x80, 0xff, '0', '9', '-'};
  if (bytes.empty()) return;
  bytes[below(random, bytes.size())] = char(kBytes[below(random, 8)]);
}

void set_number(std::string& bytes, Stream& random, const Target&) {
  constexpr int64_t kNumbers[] = {-1,
                                  0,
                                  1,
                                  255,
                                  65536,
                                  std::numeric_limits<int32_t>::max(),
                                  int64_t{1} << 32,
                                  int64_t{1} << 40,
                                  int64_t{1} << 61,
                                  std::numeric_limits<int64_t>::max(),
                                  std::numeric_limits<int64_t>::min()};
  std::string number;
  append_little(number, kNumbers[below(random, std::size(kNumbers))]);
  number.resize(size_t{1} << below(random, 4));
  if (below(random, 2)) std::reverse(number.begin(), number.end());
  const size_t at = place_in(bytes, random);
  bytes.replace(at, std::min(number.size(), bytes.size() - at), number);
}

// A number of 7 bits a byte, as protobuf and our own forms write them.
void insert_varint(std::string& bytes, Stream& random, const Target&) {
  std::string number(below(random, 10), char(0xff));
  number += char(below(random, 128));
  const size_t at = place_in(bytes, random);
  bytes.replace(at, std::min(below(random, 2), bytes.size() - at), number);
}

void insert_word(std::string& bytes, Stream& random, const Target& target) {
  if (target.words.empty()) return;
  const std::string& word = target.words[below(random, target.words.size())];
  const size_t at = place_in(bytes, random);
  bytes.replace(at,
                below(random, 2) ? std::min(word.size(), bytes.size() - at) : 0,
                word);
}

void erase(std::string& bytes, Stream& random, const Target&) {
  bytes.erase(place_in(bytes, random), 1 + below(random, 16));
}

void repeat(std::string& bytes, Stream& random, const Target&) {
  const std::string part =
      bytes.substr(place_in(bytes, random), 1 + below(random, 32));
  const size_t at = place_in(bytes, random);
  for (size_t i = 1 + below(random, 4); i > 0; --i) bytes.insert(at, part);
}

void truncate(std::string& bytes, Stream& random, const Target&) {
  bytes.resize(place_in(bytes, random));
}

void splice(std::string& bytes, Stream& random, const Target& target) {
  const std::string& other = target.seeds[below(random, target.seeds.size())];
  bytes = bytes.substr(0, place_in(bytes, random)) +
          other.substr(place_in(other, random));
}

using Change = void (*)(std::string&, Stream&, const Target&);
constexpr Change kChanges[] = {flip,          flip,        set_byte, set_number,
                               insert_varint, insert_word, erase,    repeat,
                               truncate,      splice};

}  // namespace

std::string mutated(const Target& target, Stream& random) {
  std::string bytes = target.seeds[below(random, target.seeds.size())];
  for (size_t n = 1 + below(random, 4); n > 0; --n)
    kChanges[below(random, std::size(kChanges))](bytes, random, target);
  constexpr size_t kMaxBytes = 1 << 14;
  if (bytes.size() > kMaxBytes) bytes.resize(kMaxBytes);
  return bytes;
}

}  // namespace numest::fuzz
