// Batches of Philox blocks, several at once.
#pragma once

#include <cstdint>

#include "numest/base/random.h"

namespace numest::kernels {

/// Writes `count` blocks of the stream from block `counter` on, four words
/// each; the same words as philox(key, counter + i).
void philox_blocks(Key key, uint64_t counter, int64_t count, uint32_t* out);

}  // namespace numest::kernels
