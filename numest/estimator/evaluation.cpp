// The evaluation loop.
#include <algorithm>

#include "numest/base/interrupt.h"
#include "numest/base/log.h"
#include "numest/estimator/train_loop.h"

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

void stop_if_interrupted(int64_t done) {
  if (!interrupt_requested()) return;
  clear_interrupt();
  fail<InterruptedError>("the evaluation was interrupted at batch {}", done);
}

// Batches that pass between two looks at the interrupt.
constexpr int64_t kMostAhead = 64;

int64_t run_updates(Session& session, const std::vector<Tensor>& updates,
                    std::optional<int64_t> steps) {
  int64_t done = 0;
  while ((!steps || done < *steps) && !session.stop_requested()) {
    if (session.has_hooks()) {
      if (!session.next_batch()) break;
      session.step({}, updates);
      ++done;
    } else {
      const int64_t left = steps ? *steps - done : kMostAhead;
      if (!session.next_batches(std::min(left, kMostAhead))) break;
      session.run_batches({}, updates, [&](int64_t, std::span<const Array>) {
        ++done;
        return !interrupt_requested();
      });
    }
    stop_if_interrupted(done);
  }
  return done;
}

}  // namespace

EvalResult run_evaluation(Session& session, std::optional<int64_t> steps) {
  const EstimatorSpec& spec = session.model().spec();
  std::vector<std::string> names{"loss"};
  std::vector<Tensor> updates{session.model().loss_metric().update};
  std::vector<Tensor> values{session.model().loss_metric().value};
  for (const auto& [name, metric] : spec.eval_metric_ops) {
    NUMEST_USER_CHECK(name != "loss" && name != "global_step", ValueError,
                      "Metric with name '{}' is not allowed, because "
                      "Estimator defines it itself",
                      name);
    names.push_back(name);
    values.push_back(metric.value);
    if (!metric.update.is_empty()) updates.push_back(metric.update);
  }
  session.start();
  const int64_t done = run_updates(session, updates, steps);
  NUMEST_USER_CHECK(done > 0, ValueError,
                    "evaluate: the dataset is empty: got no batch");
  EvalResult result;
  std::vector<Array> finals;
  session.model()
      .program(values, {})
      .run(session.variables(), session.batch(), Key{}, finals);
  for (size_t i = 0; i < names.size(); ++i) result[names[i]] = finals[i];
  result["global_step"] = Array::scalar(session.global_step());
  session.end();
  log_result(result);
  return result;
}

void write_evaluation(const std::string& folder, const EvalResult& result) {
  const int64_t step = result.at("global_step").item<int64_t>();
  std::vector<std::pair<std::string, float>> scalars;
  for (const auto& [name, value] : result)
    if (name != "global_step" && value.size() == 1)
      scalars.emplace_back(name, value.item<float>());
  EventWriter writer(folder);
  writer.add_scalars(scalars, step);
  writer.flush();
}

}  // namespace numest::estimator
