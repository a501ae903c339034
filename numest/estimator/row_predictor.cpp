// Binding the step of predictions, and binding it again when variables moved.
#include "numest/estimator/row_predictor.h"

#include <algorithm>
#include <optional>

#include "numest/base/recording.h"
#include "numest/estimator/estimator_impl.h"
#include "numest/passes/fused.h"

namespace numest::estimator {

namespace {

constinit SpanSite row_site{SpanKind::kCall, "predict one row"};

ElementSpec batch_spec(const Element& example) {
  const int64_t batch = fresh_extent();
  return example.map([&](const Array& a) {
    TensorSpec spec{a.dtype(), a.shape()};
    spec.shape.insert(0, batch);
    return spec;
  });
}

bool is_foreign(const Attr& attr) {
  return std::holds_alternative<std::shared_ptr<const Graph>>(attr) ||
         std::holds_alternative<std::shared_ptr<const ForeignFunction>>(attr);
}

// Loops over subgraphs may take long, functions may wait for a lock.
bool is_plain(const Node& node) {
  if (node.op == &fused_op()) return true;
  return !node.op->is(kImpure) &&
         std::none_of(node.attrs.items().begin(), node.attrs.items().end(),
                      [](const auto& item) { return is_foreign(item.second); });
}

bool is_light_program(const Executable& program, int64_t num_bytes) {
  constexpr int64_t kLight = 256 * 1024;  // read in a few microseconds
  const auto nodes = topological_order(program.graph());
  return num_bytes <= kLight &&
         std::all_of(nodes.begin(), nodes.end(), [](const Node* node) {
           return is_parameter(*node) || is_plain(*node);
         });
}

// "float32 (28, 28), strides (112, 4)".
std::string layout_of(const Array& a) {
  const std::vector<int64_t> strides(a.strides().begin(), a.strides().end());
  return fmt::format("{} {}, strides ({})", name(a.dtype()),
                     a.shape().to_string(), fmt::join(strides, ", "));
}

bool is_laid_out(const Array& a, const Array& as) {
  return a.dtype() == as.dtype() && a.shape() == as.shape() &&
         a.strides() == as.strides();
}

}  // namespace

class RowPredictor::State {
 public:
  State(std::shared_ptr<Estimator::Impl> estimator, const Element& example)
      : estimator_(std::move(estimator)), example_(example.flatten()) {
    const std::lock_guard lock(estimator_->mutex());
    spec_ = batch_spec(example);
    take_model();
    for (const Array& leaf : example_) batch_.push_back(leaf.expand_dims(0));
    bind();
  }

  const std::vector<std::string>& keys() const { return keys_; }
  bool is_light() const { return is_light_; }
  std::span<const Array> values() const { return values_; }

  void check(std::span<const Array> leaves) const {
    NUMEST_USER_CHECK(leaves.size() == example_.size(), ValueError,
                      "RowPredictor: got {} arrays, expected {} as the example "
                      "had",
                      leaves.size(), example_.size());
    for (size_t i = 0; i < leaves.size(); ++i)
      NUMEST_USER_CHECK(is_laid_out(leaves[i], example_[i]), ValueError,
                        "RowPredictor: array {}: got {}, expected {} as in the "
                        "example; make a RowPredictor for such features",
                        i, layout_of(leaves[i]), layout_of(example_[i]));
  }

  void run(std::span<const Array> leaves) {
    {
      const std::lock_guard lock(estimator_->mutex());
      if (!is_current()) bind();
      if (!step_) read_inputs(leaves);
    }
    if (step_)
      run_bound(leaves);
    else
      take_rows(program_->run(inputs_));
  }

  bool try_run(std::span<const Array> leaves) {
    {
      const std::unique_lock lock(estimator_->mutex(), std::try_to_lock);
      if (!lock || !step_ || !is_current()) return false;
    }
    run_bound(leaves);
    return true;
  }

 private:
  void take_model() {
    model_ = estimator_->predict_model(spec_);
    const Predictions& p = model_->spec().predictions;
    const auto keys = p.is_leaf() ? std::vector<std::string>{""} : p.keys;
    NUMEST_USER_CHECK(keys_.empty() || keys == keys_, ValueError,
                      "RowPredictor: the model gives other predictions since "
                      "what it reads has changed: got keys {}, expected {}; "
                      "make another Estimator",
                      fmt::join(keys, ", "), fmt::join(keys_, ", "));
    keys_ = keys;
    program_ = &model_->program(p.flatten(), {});
    version_ = 0;
  }

  bool is_current() {
    if (estimator_->prepare_again(*model_) && !model_->is_current())
      take_model();
    return version_ != 0 &&
           version_ == estimator_->variables_to_read().version();
  }

  void bind() {
    estimator_->prepare(*model_);  // a failed training forgets all variables
    const VariableStore& store = estimator_->variables_to_read();
    version_ = store.version();
    step_ = program_->bind(store, batch_);
    int64_t num_bytes = 0;
    for (const std::string& name : program_->variables())
      num_bytes += store.at(name).nbytes();
    is_light_ = step_ && is_light_program(program_->executable(), num_bytes);
    if (step_) take_rows(step_->fetched());
  }

  void run_bound(std::span<const Array> leaves) {
    for (size_t i = 0; i < leaves.size(); ++i)
      step_->move_leaf(i, leaves[i].raw(), leaves[i].buffer());
    step_->run(step_->has_key() ? estimator_->key() : Key{});
  }

  void read_inputs(std::span<const Array> leaves) {
    std::vector<Array> batch;
    for (const Array& leaf : leaves) batch.push_back(leaf.expand_dims(0));
    inputs_ = program_->inputs(estimator_->variables_to_read(), batch,
                               estimator_->key());
  }

  void take_rows(std::span<const Array> values) {
    values_.clear();
    for (const Array& value : values) values_.push_back(value.index(0, 0));
  }

  std::shared_ptr<Estimator::Impl> estimator_;
  std::vector<Array> example_, batch_;
  ElementSpec spec_;  // of a batch of examples
  std::shared_ptr<const Model> model_;
  std::vector<std::string> keys_;
  const StepProgram* program_ = nullptr;
  std::optional<BoundStep> step_;  // nullopt: extents depend on data
  uint64_t version_ = 0;           // of the variables it is bound to
  bool is_light_ = false;
  std::vector<Array> inputs_, values_;
};

RowPredictor::RowPredictor(const Estimator& estimator, const Element& example)
    : state_(std::make_unique<State>(estimator.impl_, example)) {}
RowPredictor::RowPredictor(RowPredictor&&) noexcept = default;
RowPredictor& RowPredictor::operator=(RowPredictor&&) noexcept = default;
RowPredictor::~RowPredictor() = default;

const std::vector<std::string>& RowPredictor::keys() const {
  return state_->keys();
}
bool RowPredictor::is_light() const { return state_->is_light(); }
std::span<const Array> RowPredictor::values() const { return state_->values(); }
bool RowPredictor::try_run(std::span<const Array> leaves) {
  const Span span(row_site);
  return state_->try_run(leaves);
}
std::span<const Array> RowPredictor::run(std::span<const Array> leaves) {
  const Span span(row_site);
  state_->check(leaves);
  state_->run(leaves);
  return state_->values();
}

}  // namespace numest::estimator
