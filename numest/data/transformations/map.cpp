// The key of an element is its position in the input, so an element comes
// out the same whether it is reached in order, by gather, or in a block.
#include "numest/data/transformations/map.h"

#include <bit>
#include <numeric>
#include <utility>

#include "numest/base/thread_pool.h"

namespace numest::data {

namespace {

// Applies the function to blocks; owns the buffers of results.
class MapStep {
 public:
  MapStep(std::shared_ptr<const MapFunction> function,
          std::vector<TensorSpec> output, bool is_parallel, const Place& place)
      : function_(std::move(function)),
        output_(std::move(output)),
        is_parallel_(is_parallel),
        place_(place),
        key_(place.random_key(std::nullopt, true)),
        pool_(place.pool) {}

  /// `positions` are the places of the elements in the input.
  Block run(const Block& input, std::span<const int64_t> positions) {
    const Block block = with_place_keys(*function_, input, place_, positions);
    if (!function_->is_vectorized() || block.count() == 1 || !is_uniform(block))
      return run_each(block, positions);
    try {
      return run_vectorized(block, positions);
    } catch (const std::exception&) {
      return run_each(block, positions);  // throws at the element that fails
    }
  }

 private:
  Block run_vectorized(const Block& block, std::span<const int64_t> positions) {
    std::vector<Key> keys;
    keys.reserve(positions.size());
    for (const int64_t position : positions) keys.push_back(key_at(position));
    const std::vector<Array> columns = stack({&block, 1}, *pool_, "map");
    if (!function_->writes_into() || !is_output_known())
      return Block::of_columns(block.count(),
                               function_->call_block(columns, keys));
    std::vector<Array> out = columns_for(block.count(), columns);
    run_slabs(columns, keys, out);
    return Block::of_columns(block.count(), std::move(out));
  }

  // All steps of the function on a few rows before the next ones: what they
  // hand each other stays in the cache, and threads meet once a block.
  void run_slabs(const std::vector<Array>& columns, std::span<const Key> keys,
                 const std::vector<Array>& out) const {
    const auto count = int64_t(keys.size());
    const int64_t rows = slab_rows(columns, out, count);
    if (rows >= count) return function_->call_block_into(columns, keys, out);
    parallel_for(count, rows, [&](int64_t begin, int64_t end) {
      function_->call_block_into(
          rows_of(columns, begin, end),
          keys.subspan(size_t(begin), size_t(end - begin)),
          rows_of(out, begin, end));
    });
  }

  // The same for any number of threads: some ops round by the number of rows.
  static int64_t slab_rows(const std::vector<Array>& columns,
                           const std::vector<Array>& out, int64_t count) {
    constexpr int64_t kSlabBytes = 1 << 17;  // at least, if there are slabs
    int64_t num_bytes = 0;
    for (const Array& a : columns) num_bytes += a.nbytes();
    for (const Array& a : out) num_bytes += a.nbytes();
    const auto slabs = std::bit_floor(uint64_t(num_bytes / kSlabBytes));
    return slabs < 2 ? count : (count - 1) / int64_t(slabs) + 1;
  }

  static std::vector<Array> rows_of(const std::vector<Array>& arrays,
                                    int64_t begin, int64_t end) {
    std::vector<Array> rows;
    rows.reserve(arrays.size());
    for (const Array& a : arrays) rows.push_back(a.rows(begin, end));
    return rows;
  }

  Block run_each(const Block& block, std::span<const int64_t> positions) {
    Results results(block.count());
    if (function_->writes_rows() && block.count() > 1 && is_output_known())
      results.columns = columns_for(block.count(), {});
    if (function_->calls_many()) {
      run_many(block, positions, results);
      return std::move(results).block();
    }
    const auto call = [&](int64_t begin, int64_t end) {
      function_->with_entry([&] {
        for (int64_t i = begin; i < end; ++i)
          with_element_context("map", positions[size_t(i)], [&] {
            call_one(block, i, key_at(positions[size_t(i)]), results);
          });
      });
    };
    if (is_parallel_ && block.count() > 1)
      parallel_for(block.count(), grain(block.count()), call);
    else
      call(0, block.count());
    return std::move(results).block();
  }

  // What the calls of a block gave; the rows are those of `columns` if all
  // results fitted in there.
  struct Results {
    explicit Results(int64_t count) : rows(size_t(count)) {}
    // Where the results of element `i` should go; none if that is not known.
    Leaves row(int64_t i) const {
      Leaves row;
      for (const Array& column : columns) row.push_back(column.index(0, i));
      return row;
    }
    Block block() && {
      for (size_t i = 0; i < rows.size() && !columns.empty(); ++i)
        for (size_t leaf = 0; leaf < columns.size(); ++leaf)
          if (rows[i][leaf].raw() != columns[leaf].index(0, int64_t(i)).raw())
            return Block::of_rows(std::move(rows));
      if (columns.empty()) return Block::of_rows(std::move(rows));
      return Block::of_columns(int64_t(rows.size()), std::move(columns));
    }
    std::vector<Leaves> rows;
    std::vector<Array> columns;
  };

  void call_one(const Block& block, int64_t i, Key key, Results& results) {
    const Leaves row = results.row(i);
    results.rows[size_t(i)] =
        row.empty() ? function_->call(block.element(i), key)
                    : function_->call_into(block.element(i), key, row);
  }

  void run_many(const Block& block, std::span<const int64_t> positions,
                Results& results) {
    std::vector<ElementCall> calls;
    for (int64_t i = 0; i < block.count(); ++i) {
      const int64_t position = positions[size_t(i)];
      calls.push_back({position,
                       key_at(position),
                       block.element(i),
                       results.row(i),
                       {},
                       nullptr});
    }
    function_->call_many(calls);
    for (size_t i = 0; i < calls.size(); ++i) {
      if (calls[i].error)
        with_element_context("map", calls[i].position,
                             [&] { std::rethrow_exception(calls[i].error); });
      results.rows[i] = std::move(calls[i].results);
    }
  }

  int64_t grain(int64_t count) const {
    const int64_t threads = num_threads();
    return function_->has_entry() ? (count + threads - 1) / threads : 1;
  }

  // Columns for `count` results: of `inputs` if the function hands these on,
  // else uninitialized.
  std::vector<Array> columns_for(int64_t count,
                                 const std::vector<Array>& inputs) {
    std::vector<Array> columns;
    for (size_t leaf = 0; leaf < output_.size(); ++leaf) {
      const auto input = function_->handed_on(leaf);
      Shape shape = output_[leaf].shape;
      shape.insert(0, count);
      columns.push_back(input ? inputs[*input]
                              : pool_->take(output_[leaf].dtype, shape));
    }
    return columns;
  }

  Key key_at(int64_t position) const {
    return fold(key_, static_cast<uint64_t>(position));
  }
  bool is_output_known() const {
    for (const TensorSpec& spec : output_)
      if (!spec.shape.is_known()) return false;
    return true;
  }

  std::shared_ptr<const MapFunction> function_;
  std::vector<TensorSpec> output_;
  bool is_parallel_;
  Place place_;
  Key key_;
  std::shared_ptr<ArrayPool> pool_;
};

std::vector<int64_t> positions_from(int64_t begin, int64_t count) {
  std::vector<int64_t> positions(static_cast<size_t>(count));
  std::iota(positions.begin(), positions.end(), begin);
  return positions;
}

class MapAccess : public RandomAccess {
 public:
  MapAccess(std::unique_ptr<RandomAccess> input, MapStep step)
      : input_(std::move(input)), step_(std::move(step)) {}
  int64_t size() const override { return input_->size(); }
  Block gather(std::span<const int64_t> positions) override {
    return step_.run(input_->gather(positions), positions);
  }
  Block slice(int64_t begin, int64_t end) override {
    const Block block = input_->slice(begin, end);
    return step_.run(block, positions_from(begin, block.count()));
  }

 private:
  std::unique_ptr<RandomAccess> input_;
  MapStep step_;
};

class MapIterator : public IteratorNode {
 public:
  MapIterator(std::unique_ptr<IteratorNode> input, MapStep step)
      : input_(std::move(input)), step_(std::move(step)) {}

  bool next_block(int64_t max_elements, Block& out) override {
    out = Block();
    Block block;
    if (!input_->next_block(max_elements, block)) return false;
    const int64_t begin = position_;
    position_ += block.count();
    out = step_.run(block, positions_from(begin, block.count()));
    return true;
  }
  void get_state(StateWriter& out) const override {
    out.tag("map");
    out.position(position_);
    input_->get_state(out);
  }
  void set_state(StateReader& in) override {
    in.expect("map");
    position_ = in.position();
    input_->set_state(in);
  }

 private:
  std::unique_ptr<IteratorNode> input_;
  MapStep step_;
  int64_t position_ = 0;
};

class MapNode : public DatasetNode {
 public:
  MapNode(DatasetNodePtr input, std::shared_ptr<const MapFunction> function,
          int64_t num_parallel_calls)
      : DatasetNode("map", function->output_spec(input->element_spec()),
                    input->cardinality()),
        input_(std::move(input)),
        function_(std::move(function)),
        is_parallel_(num_parallel_calls != 1) {}

  std::unique_ptr<RandomAccess> random_access(
      const Place& place) const override {
    auto rows = input_->random_access(place.child(0));
    if (!rows) return nullptr;
    return std::make_unique<MapAccess>(std::move(rows), step(place));
  }
  Epochs epochs() const override { return input_->epochs(); }

 protected:
  std::unique_ptr<IteratorNode> make_stream(const Place& place) const override {
    return std::make_unique<MapIterator>(input_->make_iterator(place.child(0)),
                                         step(place));
  }

 private:
  MapStep step(const Place& place) const {
    return MapStep(current(function_, place), element_spec().flatten(),
                   is_parallel_, place);
  }

  DatasetNodePtr input_;
  std::shared_ptr<const MapFunction> function_;
  bool is_parallel_;
};

}  // namespace

DatasetNodePtr make_map(DatasetNodePtr input,
                        std::shared_ptr<const MapFunction> function,
                        int64_t num_parallel_calls) {
  NUMEST_USER_CHECK(function != nullptr, TypeError,
                    "map: got an empty function, expected a callable");
  NUMEST_USER_CHECK(
      num_parallel_calls > 0 || num_parallel_calls == kAutotune, ValueError,
      "map: num_parallel_calls must be greater than zero or AUTOTUNE: got {}",
      num_parallel_calls);
  return std::make_shared<MapNode>(std::move(input), std::move(function),
                                   num_parallel_calls);
}

}  // namespace numest::data
