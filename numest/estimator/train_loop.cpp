// Training steps, checkpoints, progress.
#include "numest/estimator/train_loop.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "numest/base/counters.h"
#include "numest/base/file.h"
#include "numest/base/interrupt.h"
#include "numest/base/log.h"
#include "numest/base/recording.h"
#include "numest/formats/checkpoint_state.h"

namespace numest::estimator {

namespace {

constinit SpanSite checkpoint_site{SpanKind::kCall, "checkpoint"};
constinit SpanSite summary_site{SpanKind::kCall, "summaries"};

// A cast of the loss would allocate at every step.
double as_double(const Array& scalar) {
  return scalar.dtype() == DType::kFloat32 ? double{scalar.item<float>()}
                                           : scalar.item<double>();
}

double seconds(std::chrono::steady_clock::duration d) {
  return std::chrono::duration<double>(d).count();
}

constexpr int64_t kOpenEnd = std::numeric_limits<int64_t>::max();

bool saves_checkpoints(const RunConfig& c) {
  return c.save_checkpoints_steps || c.save_checkpoints_secs;
}

}  // namespace

TrainLoop::TrainLoop(Session& session, const RunConfig& config,
                     const TrainOptions& options, int64_t last_step,
                     const TrainData& data, int64_t saved_step)
    : session_(session),
      config_(config),
      options_(options),
      first_step_(session.global_step()),
      last_step_(last_step),
      data_(data),
      saved_step_(saved_step) {}

void TrainLoop::tell_saved() {
  const int64_t step = session_.global_step();
  for (const auto& l : options_.saving_listeners)
    if (l->after_save(session_, step)) session_.request_stop();
  saved_step_ = step;
  last_save_ = Clock::now();
}

void TrainLoop::save(bool is_done) {
  const Span span(checkpoint_site);
  const int64_t step = session_.global_step();
  DataPosition position{data_.seed, data_.begin_step, {}};
  if (!is_done) position.state = session_.iterator().get_state();
  for (const auto& l : options_.saving_listeners)
    l->before_save(session_, step);
  save_checkpoint(config_, session_.variables(), step, position);
  tell_saved();
}

// The first checkpoint tells readers of model_dir what is being trained. One
// that is there stays as it is: while it was replaced, a kill would lose the
// data position beside it.
void TrainLoop::save_first() {
  if (saved_step_ != session_.global_step()) return save(false);
  for (const auto& l : options_.saving_listeners)
    l->before_save(session_, saved_step_);
  tell_saved();
}

bool TrainLoop::is_save_due() const {
  if (config_.save_checkpoints_steps)
    return *config_.save_checkpoints_steps > 0 &&
           session_.global_step() - saved_step_ >=
               *config_.save_checkpoints_steps;
  return config_.save_checkpoints_secs &&
         seconds(Clock::now() - last_save_) >= *config_.save_checkpoints_secs;
}

void TrainLoop::report(int64_t step, double loss) {
  if (progress_) return progress_->show(step, loss, num_examples_, false);
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
  const Span span(summary_site);
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

void TrainLoop::note_step(int64_t step, const Array& loss) {
  loss_ = as_double(loss);
  count(Counter::train_steps);
  ++num_steps_;
  if (!session_.batch().empty() && session_.batch()[0].ndim() > 0)
    num_examples_ += session_.batch()[0].shape()[0];
  if (!std::isnan(loss_)) return;
  log_line(LogLevel::kError, "Model diverged with loss = NaN.");
  fail<NanLossError>(
      "NaN loss during training: step {}; lower the learning rate, or look "
      "for NaN in the input",
      step);
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
  note_step(session_.global_step(), values[0]);
  if (with_summaries) write_summaries(std::span(values).subspan(1));
  report(session_.global_step(), loss_);
  return true;
}

// Steps that may pass before anything but the next step is to be done.
int64_t TrainLoop::steps_until_event() const {
  const int64_t step = session_.global_step();
  int64_t count = std::min(num_ahead_, last_step_ - step);
  if (config_.log_step_count_steps && !progress_) {
    const int64_t every = *config_.log_step_count_steps;
    count = std::min(count, every - (step - first_step_) % every);
    if (step == first_step_) count = 1;
  }
  if (config_.save_checkpoints_steps.value_or(0) > 0)
    count =
        std::min(count, saved_step_ + *config_.save_checkpoints_steps - step);
  if (summary_step_ >= 0)
    count =
        std::min(count, summary_step_ + config_.save_summary_steps.value_or(0) -
                            step - 1);
  return std::max<int64_t>(count, 1);
}

bool TrainLoop::many_steps(int64_t max_steps) {
  constexpr int64_t kMostAhead = 256;
  if (!session_.next_batches(max_steps)) return false;
  const EstimatorSpec& spec = session_.model().spec();
  const auto start = Clock::now();
  const int64_t before = num_steps_;
  session_.run_batches({spec.loss}, {spec.train_op},
                       [this](int64_t step, std::span<const Array> values) {
                         note_step(step, values[0]);
                         return step < last_step_;
                       });
  const double time = seconds(Clock::now() - start);
  const int64_t done = num_steps_ - before;
  if (time < 0.5e-3 && done == num_ahead_)
    num_ahead_ = std::min(2 * done, kMostAhead);
  else if (time > 2e-3)
    num_ahead_ = std::max<int64_t>(done / 2, 1);
  report(session_.global_step(), loss_);
  return true;
}

// A hook or a function of the data may end the run as the data does.
bool TrainLoop::steps_or_end() {
  try {
    if (session_.has_hooks() || is_summary_due()) return step();
    return many_steps(steps_until_event());
  } catch (const OutOfRangeError&) {
    return false;
  }
}

void TrainLoop::finish(bool data_ended) {
  const int64_t done = num_steps_;
  if (progress_ && done > 0)
    progress_->show(session_.global_step(), loss_, num_examples_, true);
  progress_.reset();
  if (done == 0 && first_step_ > data_.begin_step)
    log_info("the run that is continued had reached the end of its data");
  else if (done == 0)
    log_warning(
        "Training with estimator made no steps. Perhaps input is "
        "empty or misspecified.");
  else if (data_ended && last_step_ != kOpenEnd)
    log_info("the data ended after {} steps of {}; add .repeat() to go on",
             done, last_step_ - first_step_);
  if (saves_checkpoints(config_)) {
    if (saved_step_ != session_.global_step()) save(true);
    // The next run starts its data anew.
    remove_position(latest_checkpoint(config_.model_dir));
  }
  for (const auto& l : options_.saving_listeners)
    l->end(session_, session_.global_step());
  if (events_) events_->close();
  session_.end();
  if (done > 0) log_info("Loss for final step: {:.6g}.", loss_);
}

Plan TrainLoop::plan() const {
  Plan plan{data_.epochs, first_step_, {}};
  if (last_step_ != kOpenEnd) plan.end_step = last_step_;
  if (data_.cardinality >= 0)
    plan.end_step =
        std::min(last_step_,
                 std::max(first_step_, data_.begin_step + data_.cardinality));
  return plan;
}

void TrainLoop::stop_if_interrupted(bool saves) {
  if (!interrupt_requested()) return;
  clear_interrupt();
  progress_.reset();
  if (saves) save(false);
  fail<InterruptedError>(
      "training was interrupted at step {}; {}", session_.global_step(),
      saves ? "its checkpoint is in " + config_.model_dir +
                  ": train again to go on"
            : "no checkpoint was written, as the RunConfig wants none");
}

void TrainLoop::run() {
  const bool saves = saves_checkpoints(config_);
  last_save_ = last_report_ = Clock::now();
  last_report_step_ = first_step_;
  if (config_.show_progress)
    progress_ = std::make_unique<ProgressLine>(plan());
  else
    log_info("plan: {}", plan_text(plan()));
  for (const auto& l : options_.saving_listeners) l->begin();
  session_.start();
  if (saves) {
    remove_remains(config_.model_dir);  // of runs that were killed
    save_first();
  }
  bool data_ended = false;
  while (session_.global_step() < last_step_ && !session_.stop_requested()) {
    if (!steps_or_end()) {
      data_ended = true;
      break;
    }
    // A checkpoint holds the position of the data: that of the last step.
    if (session_.has_batches_left()) continue;
    stop_if_interrupted(saves);
    if (saves && session_.global_step() < last_step_ && is_save_due())
      save(false);
  }
  finish(data_ended);
}

}  // namespace numest::estimator
