// TensorFlow checkpoints of version 2 ("tensor bundles"): <prefix>.index, a
// sorted table of entries, and <prefix>.data-00000-of-00001, ..., the values
// (TensorFlow, core/util/tensor_bundle; tensor_bundle.proto).
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "numest/array/array.h"
#include "numest/array/nest.h"

namespace numest {

/// Reads a checkpoint. Copies share what was opened; reading is const and
/// may go on in several threads.
class CheckpointReader {
 public:
  /// Opens the checkpoint at `prefix` ("model/model.ckpt-20"). Throws
  /// NotFoundError if it has no index, DataLossError if that is damaged.
  static CheckpointReader open(const std::string& prefix);

  const std::string& prefix() const;
  /// Names of the tensors, ascending; a partitioned tensor has one name.
  std::vector<std::string> names() const;
  bool has(const std::string& name) const;
  /// dtype and shape. Throws NotFoundError for an unknown name and
  /// NotSupportedError for dtypes that Numest lacks (quantized, resource).
  TensorSpec spec(const std::string& name) const;
  /// Reads a tensor, its checksum compared; slices are put together. Throws
  /// as `spec` does and DataLossError if the data is damaged.
  Array read(const std::string& name) const;

 private:
  struct Index;
  explicit CheckpointReader(std::shared_ptr<const Index> index)
      : index_(std::move(index)) {}
  std::shared_ptr<const Index> index_;
};

/// Writes a checkpoint of one data file; it exists once its index does.
/// Throws ValueError if a name is empty, begins with a NUL or occurs twice.
void write_checkpoint(
    const std::string& prefix,
    const std::vector<std::pair<std::string, Array>>& tensors);

/// True if the checkpoint `prefix` has an index.
bool checkpoint_exists(const std::string& prefix);

/// Removes index, data files and `.meta` of a checkpoint, the index first;
/// what is missing is ignored.
void remove_checkpoint(const std::string& prefix);

}  // namespace numest
