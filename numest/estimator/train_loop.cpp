// Training steps, checkpoints, progress.
#include "numest/estimator/train_loop.h"

#include <cmath>
#include <cstdio>
#include <limits>

#include "numest/base/counters.h"
#include "numest/base/interrupt.h"
#include "numest/base/log.h"

namespace numest::estimator {

namespace {

double seconds(std::chrono::steady_clock::duration d) {
  return std::chrono::duration<double>(d).count();
}

constexpr int64_t kOpenEnd = std::numeric_limits<int64_t>::max();

}  // namespace

TrainLoop::TrainLoop(Session& session, const RunConfig& config,
                     const TrainOptions& options, int64_t last_step,
                     uint64_t data_seed)
    : session_(session),
      config_(config),
      options_(options),
      first_step_(session.global_step()),
      last_step_(last_step),
      data_seed_(data_seed) {}

void TrainLoop::save(bool is_done) {
  const int64_t step = session_.global_step();
  DataPosition position{data_seed_, {}};
  if (!is_done) position.state = session_.iterator().get_state();
  for (const auto& l : options_.saving_listeners)
    l->before_save(session_, step);
  save_checkpoint(config_, session_.variables(), step, position);
  for (const auto& l : options_.saving_listeners)
    if (l->after_save(session_, step)) session_.request_stop();
  saved_step_ = step;
  last_save_ = Clock::now();
}

bool TrainLoop::is_save_due() const {
  if (config_.save_checkpoints_steps)
    return *config_.save_checkpoints_steps > 0 &&
           session_.global_step() - saved_step_ >=
               *config_.save_checkpoints_steps;
  return config_.save_checkpoints_secs &&
         seconds(Clock::now() - last_save_) >= *config_.save_checkpoints_secs;
}

void TrainLoop::show_progress(int64_t step, double loss, bool is_last) {
  const auto now = Clock::now();
  if (!is_last && seconds(now - last_progress_) < 0.5) return;
  last_progress_ = now;
  const double elapsed = seconds(now - start_);
  const double rate = double(num_examples_) / std::max(elapsed, 1e-9);
  std::string left;
  if (last_step_ != kOpenEnd && step > first_step_)
    left = fmt::format(", {:.0f} s left", elapsed * double(last_step_ - step) /
                                              double(step - first_step_));
  std::fprintf(stderr, "%s\n",
               fmt::format("step {}: loss {:.4f}, {:.0f} examples/s{}", step,
                           loss, rate, left)
                   .c_str());
}

void TrainLoop::report(int64_t step, double loss) {
  if (config_.show_progress) show_progress(step, loss, false);
  if (!config_.log_step_count_steps) return;
  const int64_t every = *config_.log_step_count_steps;
  if (step != first_step_ + 1 && (step - first_step_) % every != 0) return;
  const auto now = Clock::now();
  if (step > last_report_step_ && step != first_step_ + 1)
    log_info("global_step/sec: {:.6g}",
             double(step - last_report_step_) /
                 std::max(1e-9, seconds(now - last_report_)));
  log_info("loss = {:.6g}, step = {}", loss, step);
  last_report_ = now;
  last_report_step_ = step;
}

bool TrainLoop::is_summary_due() const {
  const int64_t every = config_.save_summary_steps.value_or(0);
  return every > 0 && !session_.model().scope().summaries.empty() &&
         (summary_step_ < 0 ||
          session_.global_step() + 1 - summary_step_ >= every);
}

void TrainLoop::write_summaries(std::span<const Array> values) {
  summary_step_ = session_.global_step();
  if (!events_) events_ = std::make_unique<EventWriter>(config_.model_dir);
  const auto& requests = session_.model().scope().summaries;
  for (size_t i = 0; i < requests.size(); ++i) {
    if (requests[i].is_histogram)
      events_->add_histogram(requests[i].tag, values[i], summary_step_);
    else
      events_->add_scalar(requests[i].tag, values[i].item<float>(),
                          summary_step_);
  }
}

bool TrainLoop::step() {
  if (!session_.next_batch()) return false;
  const EstimatorSpec& spec = session_.model().spec();
  std::vector<Tensor> fetches{spec.loss};
  const bool with_summaries = is_summary_due();
  if (with_summaries)
    for (const auto& s : session_.model().scope().summaries)
      fetches.push_back(s.value);
  const auto values = session_.step(fetches, {spec.train_op});
  loss_ = values[0].item<double>();
  count(Counter::train_steps);
  ++num_steps_;
  if (!session_.batch().empty() && session_.batch()[0].ndim() > 0)
    num_examples_ += session_.batch()[0].shape()[0];
  if (std::isnan(loss_)) {
    log_line(LogLevel::kError, "Model diverged with loss = NaN.");
    fail<NanLossError>(
        "NaN loss during training: step {}; lower the learning rate, or look "
        "for NaN in the input",
        session_.global_step());
  }
  if (with_summaries) write_summaries(std::span(values).subspan(1));
  report(session_.global_step(), loss_);
  return true;
}

// A hook or a function of the data may end the run as the data does.
bool TrainLoop::step_or_end() {
  try {
    return step();
  } catch (const OutOfRangeError&) {
    return false;
  }
}

void TrainLoop::finish(bool data_ended) {
  const int64_t done = num_steps_;
  if (config_.show_progress && done > 0)
    show_progress(session_.global_step(), loss_, true);
  if (done == 0)
    log_warning(
        "Training with estimator made no steps. Perhaps input is "
        "empty or misspecified.");
  else if (data_ended && last_step_ != kOpenEnd)
    log_info("the data ended after {} steps of {}; add .repeat() to go on",
             done, last_step_ - first_step_);
  const bool saves =
      config_.save_checkpoints_steps || config_.save_checkpoints_secs;
  if (saves && saved_step_ != session_.global_step())
    save(true);
  else if (saves)
    forget_position(config_.model_dir, saved_step_);
  for (const auto& l : options_.saving_listeners)
    l->end(session_, session_.global_step());
  if (events_) events_->flush();
  session_.end();
  if (done > 0) log_info("Loss for final step: {:.6g}.", loss_);
}

void TrainLoop::run(int64_t cardinality) {
  start_ = last_save_ = last_report_ = last_progress_ = Clock::now();
  last_report_step_ = first_step_;
  if (config_.show_progress && cardinality > 0)
    std::fprintf(stderr, "plan: %lld batches of data, steps %lld to %s\n",
                 static_cast<long long>(cardinality),
                 static_cast<long long>(first_step_),
                 last_step_ == kOpenEnd ? "its end"
                                        : std::to_string(last_step_).c_str());
  for (const auto& l : options_.saving_listeners) l->begin();
  session_.start();
  const bool saves =
      config_.save_checkpoints_steps || config_.save_checkpoints_secs;
  // The first checkpoint tells readers of model_dir what is being trained.
  if (saves) save(false);
  bool data_ended = false;
  while (session_.global_step() < last_step_ && !session_.stop_requested()) {
    if (!step_or_end()) {
      data_ended = true;
      break;
    }
    if (interrupt_requested()) {
      if (saves) save(false);
      fail<InterruptedError>(
          "training was interrupted at step {}; a "
          "checkpoint was written",
          session_.global_step());
    }
    if (saves && session_.global_step() < last_step_ && is_save_due())
      save(false);
  }
  finish(data_ended);
}

}  // namespace numest::estimator
