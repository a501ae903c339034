// Map functions of Python: what those that call it in this process and in
// others have in common.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "convert.h"
#include "numest/base/counters.h"
#include "numest/base/recording.h"
#include "numest/data/map_function.h"
#include "numest/train/program_map.h"

namespace numest::python {

using train::CallCosts;
using train::CostedMap;

/// Adds a line to the exception that is being raised.
void add_note(const std::string& note);

/// Says at which element an exception of Python code arose; the exception
/// and its traceback stay the user's.
template <class F>
auto noting(const char* op, const F& index, const auto& body) {
  try {
    return body();
  } catch (nb::python_error& e) {
    const int64_t i = index();
    if (i < 0) throw;
    e.restore();
    add_note(fmt::format("numest: raised at element {} of {}", i, op));
    nb::raise_python_error();
  }
}

/// What waiting for the interpreter lock is called in profiles.
inline constinit SpanSite gil_wait_site{SpanKind::kWait, "wait: Python's lock"};

/// Takes the interpreter lock; counts an entry only if this thread did not hold
/// the lock already.
class CountedLock {
 public:
  CountedLock() {
    if (PyGILState_Check()) {
      lock_.emplace();
      return;
    }
    count(Counter::gil_acquisitions);
    const Span wait(gil_wait_site);
    lock_.emplace();
  }

 private:
  std::optional<nb::gil_scoped_acquire> lock_;
};

/// Results of Python functions, checked against the type that was promised.
class ResultTypes {
 public:
  explicit ResultTypes(const ElementSpec& output) : leaves_(output.flatten()) {}
  size_t size() const { return leaves_.size(); }
  /// A copy of `given`, as the function may hand out one buffer again and
  /// again: in `rows[leaf]` if it fits there. Throws TypeError for another
  /// type.
  Array kept(const Array& given, size_t leaf,
             const std::vector<Array>& rows) const;

 private:
  void check(const Array& result, size_t leaf) const;

  std::vector<TensorSpec> leaves_;
};

/// MapFunction and what makes one.
void bind_map_functions(nb::module_& m);
/// Programs that Python stands in for where they fail.
void bind_rescued_maps(nb::module_& m);
/// Maps whose function runs in other processes.
void bind_isolated_maps(nb::module_& m);

}  // namespace numest::python
