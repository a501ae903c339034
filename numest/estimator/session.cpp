// Steps with hooks.
#include "numest/estimator/session.h"

#include <limits>

#include "numest/base/recording.h"

namespace numest::estimator {

namespace {

constinit SpanSite input_site{SpanKind::kCall, "input: next batch"};
constinit SpanSite hooks_site{SpanKind::kCall, "hooks"};

}  // namespace

Session::Session(std::shared_ptr<const Model> model, VariableStore& store,
                 data::Iterator iterator, Hooks hooks, Key key)
    : model_(std::move(model)),
      store_(store),
      iterator_(std::move(iterator)),
      hooks_(std::move(hooks)),
      key_(key) {}

int64_t Session::global_step() const {
  const Array* step = store_.find("global_step");
  return step ? step->item<int64_t>() : 0;
}

Tensor Session::variable(const std::string& name) const {
  const Variable* v = model_->scope().find(name);
  return v ? v->read : Tensor();
}

void Session::start() {
  for (auto& hook : hooks_) hook->begin();
  for (auto& hook : hooks_) hook->after_create_session(*this);
}

bool Session::next_batch() {
  if (has_batches_left()) {
    batch_ = block_.element(next_in_block_++);
    return true;
  }
  const Span span(input_site);
  return iterator_.next_leaves(batch_);
}

bool Session::next_batches(int64_t max_batches) {
  if (has_batches_left()) return true;
  const Span span(input_site);
  batch_.clear();  // its buffers may be used for the next ones
  next_in_block_ = 0;
  if (iterator_.next_block(max_batches, block_)) return true;
  block_ = data::Block();
  return false;
}

Key Session::next_key(int64_t step) {
  num_repeats_ = step == keyed_step_ ? num_repeats_ + 1 : 0;
  keyed_step_ = step;
  return fold(key_, {uint64_t(step), uint64_t(num_repeats_)});
}

std::vector<Array> Session::run(const StepProgram& program) {
  std::vector<Array> values;
  program.run(store_, batch_, next_key(global_step()), values);
  return values;
}

BoundStep* Session::bound_step(const StepProgram& program) {
  constexpr size_t kMaxBound = 4;  // the layouts of a whole and a last batch
  for (Bound& b : bound_)
    if (b.program == &program && b.step.fits(store_, batch_))
      return b.step.may_read(batch_) ? &b.step : nullptr;
  auto step = program.bind(store_, batch_);
  if (!step) return nullptr;
  if (bound_.size() == kMaxBound) bound_.erase(bound_.begin());
  bound_.push_back({&program, std::move(*step)});
  return &bound_.back().step;
}

void Session::run_bound(BoundStep& step, int64_t position,
                        int64_t global_step) {
  for (size_t leaf = 0; leaf < batch_.size(); ++leaf) {
    const Array& a =
        block_.has_columns() ? block_.columns()[leaf] : batch_[leaf];
    const int64_t offset = block_.has_columns() ? position * a.strides()[0] : 0;
    step.move_leaf(leaf, a.raw() + offset, a.buffer());
  }
  step.run(step.has_key() ? next_key(global_step) : Key{});
}

void Session::run_batches(const std::vector<Tensor>& fetches,
                          const std::vector<Tensor>& operations,
                          const AfterStep& after) {
  NUMEST_CHECK(!has_hooks(), "hooks see every step by itself");
  const StepProgram& program = model_->program(fetches, operations);
  const Array* step = store_.find("global_step");
  const auto now = [&] { return step ? step->item<int64_t>() : 0; };
  BoundStep* bound = nullptr;
  for (bool goes_on = true; goes_on && has_batches_left();) {
    const int64_t position = next_in_block_++;
    if (!bound || !block_.has_columns()) {
      batch_ = block_.element(position);
      bound = bound_step(program);
    }
    if (bound) {
      run_bound(*bound, position, now());
      goes_on = after(now(), bound->fetched());
    } else {
      const std::vector<Array> values = run(program);
      step = store_.find("global_step");
      goes_on = after(now(), values);
    }
  }
}

std::vector<Array> Session::step(const std::vector<Tensor>& fetches,
                                 const std::vector<Tensor>& operations) {
  if (hooks_.empty()) return run(model_->program(fetches, operations));
  std::vector<Tensor> all = fetches;
  std::vector<size_t> ends;
  for (auto& hook : hooks_) {
    const Span span(hooks_site);
    for (Tensor& t : hook->before_run(*this)) all.push_back(std::move(t));
    ends.push_back(all.size());
  }
  std::vector<Array> values = run(model_->program(all, operations));
  const Span span(hooks_site);
  size_t begin = fetches.size();
  for (size_t i = 0; i < hooks_.size(); ++i) {
    const std::vector<Array> own(values.begin() + std::ptrdiff_t(begin),
                                 values.begin() + std::ptrdiff_t(ends[i]));
    hooks_[i]->after_run(*this, own);
    begin = ends[i];
  }
  values.resize(fetches.size());
  return values;
}

void Session::end() {
  for (auto& hook : hooks_) hook->end(*this);
}

}  // namespace numest::estimator
