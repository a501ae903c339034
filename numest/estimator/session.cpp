// Steps with hooks.
#include "numest/estimator/session.h"

#include <limits>

namespace numest::estimator {

Session::Session(std::shared_ptr<const Model> model, VariableStore& store,
                 data::Iterator iterator, Hooks hooks, Key key)
    : model_(std::move(model)),
      store_(store),
      iterator_(std::move(iterator)),
      hooks_(std::move(hooks)),
      key_(key) {}

int64_t Session::global_step() const {
  return store_.has("global_step") ? store_.at("global_step").item<int64_t>()
                                   : 0;
}

Tensor Session::variable(const std::string& name) const {
  const Variable* v = model_->scope().find(name);
  return v ? v->read : Tensor();
}

void Session::start() {
  for (auto& hook : hooks_) hook->begin();
  for (auto& hook : hooks_) hook->after_create_session(*this);
}

bool Session::next_batch() { return iterator_.next_leaves(batch_); }

std::vector<Array> Session::run(const std::vector<Tensor>& fetches,
                                const std::vector<Tensor>& operations) {
  std::vector<Array> values;
  const int64_t step = global_step();
  num_repeats_ = step == keyed_step_ ? num_repeats_ + 1 : 0;
  keyed_step_ = step;
  const Key key = fold(key_, {uint64_t(step), uint64_t(num_repeats_)});
  model_->program(fetches, operations).run(store_, batch_, key, values);
  return values;
}

std::vector<Array> Session::step(const std::vector<Tensor>& fetches,
                                 const std::vector<Tensor>& operations) {
  if (hooks_.empty()) return run(fetches, operations);
  std::vector<Tensor> all = fetches;
  std::vector<size_t> ends;
  for (auto& hook : hooks_) {
    for (Tensor& t : hook->before_run(*this)) all.push_back(std::move(t));
    ends.push_back(all.size());
  }
  std::vector<Array> values = run(all, operations);
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
