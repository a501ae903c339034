// A Python function that other processes run, forked from this one: elements
// go there, and results come back, through memory that both see.
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <poll.h>

#include <algorithm>
#include <mutex>

#include "isolated_worker.h"
#include "map_functions.h"

namespace numest::python {

namespace {

using data::ElementCall;
using data::MapFunction;

// The processes of one iterator. The parent cuts a block into pieces; who is
// done with one gets the next, so results do not depend on who is fast.
class IsolatedMap : public MapFunction {
 public:
  IsolatedMap(const IsolatedFunction& function,
              std::shared_ptr<CallCosts> costs)
      : function_(function), types_(function.output), costs_(std::move(costs)) {
    start_workers();
  }
  ElementSpec output_spec(const ElementSpec&) const override {
    return function_.output;
  }
  std::vector<Array> call(const std::vector<Array>& leaves,
                          Key key) const override {
    ElementCall call{data::current_element(), key, leaves, {}, {}, nullptr};
    call_many({&call, 1});
    if (call.error) std::rethrow_exception(call.error);
    return std::move(call.results);
  }
  bool takes_place_key() const override { return true; }
  bool calls_many() const override { return true; }
  bool writes_rows() const override { return true; }

  void call_many(std::span<ElementCall> calls) const override {
    const std::lock_guard lock(mutex_);
    try {
      if (workers_.empty()) start_workers();
      run(calls);
    } catch (...) {  // an interrupt, say: nobody waits for what still runs
      for (const auto& worker : workers_) worker->kill();
      workers_.clear();
      throw;
    }
  }

 private:
  void start_workers() const {
    const CountedLock lock;
    for (int i = 0; i < function_.num_workers; ++i)
      workers_.push_back(std::make_unique<IsolatedWorker>(function_, i));
  }

  void run(std::span<ElementCall> calls) const {
    const size_t piece = piece_size(calls.size());
    const auto give = [&](IsolatedWorker& worker) {
      const size_t count = std::min(piece, calls.size());
      if (count == 0) return;
      worker.give(calls.first(count));
      calls = calls.subspan(count);
    };
    for (const auto& worker : workers_) give(*worker);
    while (IsolatedWorker* worker = first_done()) {
      if (worker->take(types_, *costs_))
        give(*worker);
      else
        calls = {};  // no later element is begun after an error
    }
    std::erase_if(workers_, [](const auto& w) { return w->is_gone(); });
    if (workers_.size() < size_t(function_.num_workers)) workers_.clear();
  }

  // Four pieces for each worker even out their speeds; more than 32 elements
  // save nothing.
  size_t piece_size(size_t count) const {
    return std::clamp<size_t>(count / (4 * workers_.size()), 1, 32);
  }

  // A worker that has answered or is gone; null if none is at work.
  IsolatedWorker* first_done() const {
    std::vector<pollfd> sockets;
    std::vector<IsolatedWorker*> busy;
    for (const auto& worker : workers_) {
      if (!worker->is_busy()) continue;
      sockets.push_back({worker->descriptor(), POLLIN, 0});
      busy.push_back(worker.get());
    }
    while (!busy.empty()) {
      constexpr int kPatienceMs = 100;
      if (poll(sockets.data(), sockets.size(), kPatienceMs) <= 0) {
        raise_signals();
        continue;
      }
      for (size_t i = 0; i < busy.size(); ++i)
        if (sockets[i].revents != 0) return busy[i];
    }
    return nullptr;
  }

  static void raise_signals() {
    const nb::gil_scoped_acquire lock;
    if (PyErr_CheckSignals() != 0) throw nb::python_error();
  }

  IsolatedFunction function_;
  ResultTypes types_;
  std::shared_ptr<CallCosts> costs_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<IsolatedWorker>> workers_;
};

// What a dataset holds: each iterator gets workers of its own, which end with
// it. Later passes of a repeat share those of the first.
class IsolatedMaps : public CostedMap {
 public:
  explicit IsolatedMaps(IsolatedFunction function)
      : function_(std::move(function)) {}
  ElementSpec output_spec(const ElementSpec&) const override {
    return function_.output;
  }
  std::vector<Array> call(const std::vector<Array>& leaves,
                          Key key) const override {
    return current(true)->call(leaves, key);
  }
  std::shared_ptr<const MapFunction> current(bool is_repeat) const override {
    const std::lock_guard lock(mutex_);
    auto found = is_repeat ? latest_.lock() : nullptr;
    if (!found) {
      found = std::make_shared<IsolatedMap>(function_, costs_);
      latest_ = found;
    }
    return found;
  }

 private:
  IsolatedFunction function_;
  mutable std::mutex mutex_;
  mutable std::weak_ptr<const IsolatedMap> latest_;
};

}  // namespace

void bind_isolated_maps(nb::module_& m) {
  m.def("isolated_map", [](nb::handle function, const std::string& name,
                           nb::handle output, int num_workers) {
    return std::shared_ptr<MapFunction>(
        std::make_shared<IsolatedMaps>(IsolatedFunction{
            Callable(function), name, to_spec(output), num_workers}));
  });
}

}  // namespace numest::python
