// Chrome's trace event format (JSON), which chrome://tracing and Perfetto
// show.
#pragma once

#include <string>

#include "numest/base/recording.h"

namespace numest {

/// A complete event ("ph": "X") for each event of the recording, times in
/// microseconds from its start, ordered by thread and start, and the threads'
/// names; "otherData" says how many events were dropped.
std::string chrome_trace(const Recording& recording);

}  // namespace numest
