// NumPy's spelling in C++: `np` is another name of `numest`, and
// `np::random` draws at once from the stream of a seed.
#pragma once

#include "numest/formats/npy.h"
#include "numest/graph/tensor.h"
#include "numest/ops/aliases.h"
#include "numest/ops/composite.h"
#include "numest/ops/composite_at.h"
#include "numest/ops/composite_bits.h"
#include "numest/ops/composite_fft.h"
#include "numest/ops/composite_histogram.h"
#include "numest/ops/composite_linalg.h"
#include "numest/ops/composite_places.h"
#include "numest/ops/composite_signal.h"
#include "numest/ops/creation.h"
#include "numest/ops/dtypes.h"
#include "numest/ops/functions.h"
#include "numest/ops/global_random.h"
#include "numest/ops/indexing.h"
#include "numest/ops/keywords.h"
#include "numest/ops/linalg.h"
#include "numest/ops/operators.h"
#include "numest/ops/shorthand.h"
#include "numest/ops/ufunc.h"
#include "numest/transforms/vectorize.h"

namespace np = numest;  // NOLINT: the name is the point of this header
