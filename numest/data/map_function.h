// Functions over elements as the pipeline sees them; the layers above give
// compiled programs or Python functions this form.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "numest/array/nest.h"
#include "numest/base/error.h"
#include "numest/base/random.h"
#include "numest/data/block.h"
#include "numest/data/place.h"

namespace numest::data {

/// One call of a function: an element in, its results out.
struct ElementCall {
  int64_t position;  // of the element, for messages
  Key key;
  std::vector<Array> leaves;
  std::vector<Array> rows;     // as of MapFunction::call_into, or none
  std::vector<Array> results;  // or an error
  std::exception_ptr error;
};

/// Where a mapped function runs, for those who ask.
struct MapReport {
  std::string function;    // "the function mapped at file.cpp:12"
  bool is_traced = false;  // it became a program; else it is called
  std::string why_called;  // per element; empty if traced
};

/// How `Dataset::map` treats a function over Tensors.
struct MapOptions {
  /// False calls the function for each element, so that what it does beside
  /// its result happens each time.
  bool traced = true;
  /// Of the results; without it they are found by calling the function.
  std::optional<ElementSpec> output_spec = std::nullopt;
  /// 1 calls in order; more or kAutotune calls on the thread pool.
  int64_t num_parallel_calls = 1;
};

/// A function over elements, given by the layers above. Leaves are flattened
/// as the specs are. Calls may come from several threads at once if the
/// dataset was made with num_parallel_calls other than 1.
class MapFunction {
 public:
  MapFunction() = default;
  virtual ~MapFunction();
  MapFunction(const MapFunction&) = delete;
  MapFunction& operator=(const MapFunction&) = delete;

  /// Default: called, without a word why.
  virtual MapReport report() const;
  /// The function that an iterator calls instead of this one, of an equal
  /// output_spec; null for this one. For functions that follow what they were
  /// made of. `is_repeat`: a later pass of an iterator, which keeps what the
  /// first one had.
  virtual std::shared_ptr<const MapFunction> current(bool is_repeat) const;
  /// Structure, dtypes and shapes of the result; throws if `input` does not
  /// fit.
  virtual ElementSpec output_spec(const ElementSpec& input) const = 0;
  /// One element. `key` is its place: seed, node, epoch and index; all
  /// randomness comes from it.
  virtual std::vector<Array> call(const std::vector<Array>& leaves,
                                  Key key) const = 0;
  /// As `call`, but results whose shapes and dtypes are those of `rows` are
  /// written there and returned as these. Default: `call`.
  virtual std::vector<Array> call_into(const std::vector<Array>& leaves,
                                       Key key,
                                       const std::vector<Array>& rows) const;
  /// True if call_into saves a copy.
  virtual bool writes_rows() const { return false; }
  /// True if call_many runs many elements at once, as other processes do.
  virtual bool calls_many() const { return false; }
  /// As call_into for each of `calls`. The first error in their order is in
  /// its call; later calls may have no results then.
  virtual void call_many(std::span<ElementCall> calls) const;
  /// Runs `calls`, a loop over elements, with what all of them need taken
  /// once: the lock of an interpreter. Default: just runs it.
  virtual void with_entry(const std::function<void()>& calls) const;
  /// True if the last leaf of each call is a uint64 scalar: the key of the
  /// element's place alone, the same in every run. For draws whose seed the
  /// function brings.
  virtual bool takes_place_key() const { return false; }
  /// True if an entry is dear, so threads share a block in few pieces.
  virtual bool has_entry() const { return false; }
  /// True if call_block computes many elements at once: leaves have a leading
  /// block axis, keys are one per element.
  virtual bool is_vectorized() const { return false; }
  /// Default: `call` for each element, stacked.
  virtual std::vector<Array> call_block(const std::vector<Array>& leaves,
                                        std::span<const Key> keys) const;
  /// True if call_block_into writes without a copy. Parts of a block may then
  /// be computed by several threads at once.
  virtual bool writes_into() const { return false; }
  /// The leaf of the input that leaf `output` of the result is, untouched;
  /// call_block_into leaves such results alone. Default: none is.
  virtual std::optional<size_t> handed_on(size_t output) const;
  /// call_block into given rows (batch buffers). Default: copies.
  virtual void call_block_into(const std::vector<Array>& leaves,
                               std::span<const Key> keys,
                               std::span<const Array> out) const;
};

/// What an iterator at `place` calls for `function`.
std::shared_ptr<const MapFunction> current(
    const std::shared_ptr<const MapFunction>& function, const Place& place);

/// What `function` is called on: `block`, with the key of each place as one
/// more leaf if it takes that. `positions` are those of the elements.
Block with_place_keys(const MapFunction& function, const Block& block,
                      const Place& place, std::span<const int64_t> positions);

/// Wraps a C++ function; what it draws from np::random is keyed by the
/// element. Without `output_spec` the function is called on
/// elements of zeros to find it (unknown extents tried with two values).
std::shared_ptr<const MapFunction> map_function(
    std::function<Element(const Element&)> function, const ElementSpec& input,
    std::optional<ElementSpec> output_spec = std::nullopt);

/// Leaves of `element` in the order of `spec`; dictionaries are matched by
/// key. Throws TypeError naming `op` if the structure differs.
std::vector<Array> flatten_as(const ElementSpec& spec, const Element& element,
                              const char* op);

/// "(int64 (), {x: float32 (?, 3)})".
std::string to_string(const ElementSpec& spec);

/// Index of the element at which a mapped function failed last on this
/// thread; -1 if none did. For exceptions that carry no text of ours.
int64_t last_error_element();
void set_last_error_element(int64_t index);

/// Index of the element whose function runs on this thread, for notes on
/// exceptions of other languages; -1 outside.
int64_t current_element();

/// Throws an error of the class of `error` with another message.
[[noreturn]] void throw_again(const UserError& error,
                              const std::string& message);

/// Calls `body`; a UserError gets " (element `index` of `op`)" appended and
/// keeps its class, any other exception passes unchanged. Sets
/// last_error_element().
void with_element_context(const char* op, int64_t index,
                          const std::function<void()>& body);

}  // namespace numest::data
