// The evaluation loop.
#include <algorithm>

#include "numest/base/interrupt.h"
#include "numest/base/log.h"
#include "numest/estimator/train_loop.h"
#include "numest/ops/functions.h"

namespace numest::estimator {

namespace {

void log_result(const EvalResult& result) {
  std::string text;
  for (const auto& [name, value] : result)
    text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", name,
                        value.to_string());
  log_info("Saving dict for global step {}: {}",
           result.at("global_step").item<int64_t>(), text);
}

// All batches of one tensor; scalars become one row each.
Array joined(const std::vector<Array>& batches) {
  std::vector<Tensor> rows;
  for (const Array& batch : batches)
    rows.emplace_back(batch.ndim() == 0 ? batch.expand_dims(0) : batch);
  return concatenate(rows, 0).numpy();
}

// The metrics of one evaluation: those with a state are updated by the step,
// the inputs of the others are kept.
class Evaluation {
 public:
  explicit Evaluation(Session& session) : session_(session) {
    const Model& model = session.model();
    add("loss", model.loss_metric());
    for (const auto& [name, metric] : model.spec().eval_metric_ops) {
      NUMEST_USER_CHECK(name != "loss" && name != "global_step", ValueError,
                        "Metric with name '{}' is not allowed, because "
                        "Estimator defines it itself",
                        name);
      add(name, metric);
    }
    batches_.resize(fetches_.size());
  }

  /// One batch or more, at most `max_batches`; 0 at the end of the data.
  int64_t run(int64_t max_batches) {
    if (session_.has_hooks()) return step();
    if (!session_.next_batches(max_batches)) return 0;
    int64_t done = 0;
    session_.run_batches(
        fetches_, updates_, [&](int64_t, std::span<const Array> values) {
          for (size_t i = 0; i < values.size(); ++i)
            batches_[i].push_back(values[i].copy());  // written again
          ++done;
          return !interrupt_requested();
        });
    return done;
  }

  EvalResult result() const {
    EvalResult result;
    std::vector<Array> finals;
    session_.model()
        .program(values_, {})
        .run(session_.variables(), session_.batch(), Key{}, finals);
    for (size_t i = 0; i < names_.size(); ++i) result[names_[i]] = finals[i];
    for (const auto& [name, metric, first] : collected_) {
      std::vector<Array> rows;
      for (size_t i = 0; i < metric->collected.size(); ++i)
        rows.push_back(joined(batches_[first + i]));
      result[name] = metric->compute(rows);
    }
    return result;
  }

 private:
  int64_t step() {
    if (!session_.next_batch()) return 0;
    const std::vector<Array> kept = session_.step(fetches_, updates_);
    for (size_t i = 0; i < kept.size(); ++i) batches_[i].push_back(kept[i]);
    return 1;
  }

  struct Collected {
    std::string name;
    const Metric* metric;
    size_t first;  // of its inputs, in `fetches_`
  };

  void add(const std::string& name, const Metric& metric) {
    if (metric.compute) {
      collected_.push_back({name, &metric, fetches_.size()});
      fetches_.insert(fetches_.end(), metric.collected.begin(),
                      metric.collected.end());
      return;
    }
    names_.push_back(name);
    values_.push_back(metric.value);
    if (!metric.update.is_empty()) updates_.push_back(metric.update);
  }

  Session& session_;
  std::vector<std::string> names_;
  std::vector<Tensor> values_, updates_, fetches_;
  std::vector<Collected> collected_;
  std::vector<std::vector<Array>> batches_;  // by fetch
};

}  // namespace

EvalResult run_evaluation(Session& session, std::optional<int64_t> steps) {
  Evaluation evaluation(session);
  session.start();
  constexpr int64_t kMostAhead = 64;  // batches that are read at once
  int64_t done = 0;
  while ((!steps || done < *steps) && !session.stop_requested()) {
    const int64_t left = steps ? *steps - done : kMostAhead;
    const int64_t count = evaluation.run(std::min(left, kMostAhead));
    if (count == 0) break;
    done += count;
    if (interrupt_requested()) {
      clear_interrupt();
      fail<InterruptedError>("the evaluation was interrupted at batch {}",
                             done);
    }
  }
  NUMEST_USER_CHECK(done > 0, ValueError,
                    "evaluate: the dataset is empty: got no batch");
  EvalResult result = evaluation.result();
  result["global_step"] = Array::scalar(session.global_step());
  session.end();
  log_result(result);
  return result;
}

}  // namespace numest::estimator
