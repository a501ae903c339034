// Changes of bytes that formats are weak at: numbers that are too large,
// words out of place, parts that are missing or there twice.
#pragma once

#include <string>
#include <vector>

#include "numest/base/random.h"
#include "tests/fuzz/target.h"

namespace numest::fuzz {

/// One to four changes of one of the target's seeds; the same for the same
/// state of `random`.
std::string mutated(const Target& target, Stream& random);

}  // namespace numest::fuzz
