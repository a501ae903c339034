// A program whose errors are those of its function: an element that the
// program refuses is given to Python, which gives the result that NumPy has, or
// raises what NumPy raises, in the user's own lines.
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>

#include <mutex>

#include "map_functions.h"
#include "numest/base/error.h"

namespace numest::python {

namespace {

using data::MapFunction;

class RescuedMap : public MapFunction {
 public:
  // `rescue()` gives the MapFunction of Python, or None; `note(why)` is told
  // that it was needed.
  RescuedMap(std::shared_ptr<const MapFunction> program, nb::handle rescue,
             nb::handle note)
      : program_(std::move(program)), rescue_(rescue), note_(note) {}

  ElementSpec output_spec(const ElementSpec& input) const override {
    return program_->output_spec(input);
  }
  bool takes_place_key() const override { return program_->takes_place_key(); }
  bool is_vectorized() const override { return program_->is_vectorized(); }
  bool writes_into() const override { return program_->writes_into(); }
  std::optional<size_t> handed_on(size_t output) const override {
    return program_->handed_on(output);
  }
  std::vector<Array> call_block(const std::vector<Array>& leaves,
                                std::span<const Key> keys) const override {
    return program_->call_block(leaves, keys);
  }
  void call_block_into(const std::vector<Array>& leaves,
                       std::span<const Key> keys,
                       std::span<const Array> out) const override {
    program_->call_block_into(leaves, keys, out);
  }
  // The pipeline calls this for each element of a block that failed.
  std::vector<Array> call(const std::vector<Array>& leaves,
                          Key key) const override {
    std::string why;
    try {
      return program_->call(leaves, key);
    } catch (const UserError& error) {
      const auto python = in_python();
      if (!python) throw;
      why = error.what();
    }
    std::vector<Array> arguments = leaves;
    if (!takes_place_key()) arguments.push_back(Array::scalar(key.value));
    std::vector<Array> results = in_python()->call(arguments, key);
    std::call_once(is_noted_, [&] {
      const CountedLock lock;
      note_.get()(why);
    });
    return results;
  }

 private:
  std::shared_ptr<const MapFunction> in_python() const {
    const CountedLock lock;  // also keeps other threads from making another
    if (!is_made_) {
      const nb::object made = rescue_.get()();
      if (!made.is_none())
        python_ = nb::cast<std::shared_ptr<MapFunction>>(made);
      is_made_ = true;
    }
    return python_;
  }

  std::shared_ptr<const MapFunction> program_;
  Callable rescue_, note_;
  mutable bool is_made_ = false;
  mutable std::shared_ptr<const MapFunction> python_;
  mutable std::once_flag is_noted_;
};

}  // namespace

void bind_rescued_maps(nb::module_& m) {
  m.def("rescued_map", [](std::shared_ptr<MapFunction> program,
                          nb::handle rescue, nb::handle note) {
    return std::shared_ptr<MapFunction>(
        std::make_shared<RescuedMap>(std::move(program), rescue, note));
  });
}

}  // namespace numest::python
