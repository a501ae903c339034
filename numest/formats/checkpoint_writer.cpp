// Values go to one data file in the order of their names, so that equal
// tensors give equal files; the index follows once the data is on disk.
#include <map>

#include "numest/base/counters.h"
#include "numest/base/crc32c.h"
#include "numest/base/error.h"
#include "numest/base/file.h"
#include "numest/formats/checkpoint.h"
#include "numest/formats/proto/tensor_bundle.pb.h"
#include "numest/formats/sorted_table.h"
#include "numest/formats/string_tensor.h"

namespace numest {
namespace {

using TensorsByName = std::map<std::string, const Array*>;

TensorsByName by_name(
    const std::vector<std::pair<std::string, Array>>& tensors) {
  TensorsByName out;
  for (const auto& [name, array] : tensors) {
    NUMEST_USER_CHECK(!name.empty() && name[0] != '\0', ValueError,
                      "write_checkpoint: got the tensor name '{}', expected a "
                      "name that is not empty",
                      name);
    NUMEST_USER_CHECK(out.emplace(name, &array).second, ValueError,
                      "write_checkpoint: the name '{}' occurs twice", name);
  }
  return out;
}

proto::BundleEntry append_tensor(const Array& array, FileWriter& data) {
  proto::BundleEntry entry;
  entry.set_dtype(info(array.dtype()).tensorflow_number);
  auto* shape = entry.mutable_shape();
  for (const int64_t extent : array.shape()) shape->add_dim()->set_size(extent);
  entry.set_offset(int64_t(data.position()));
  if (array.dtype() == DType::kBytes) {
    const EncodedStrings strings = encode_strings(array);
    data.append(strings.bytes);
    entry.set_crc32c(strings.masked_crc);
  } else {
    const Array rows = array.contiguous();
    const std::string_view bytes(reinterpret_cast<const char*>(rows.raw()),
                                 size_t(rows.nbytes()));
    data.append(bytes);
    entry.set_crc32c(masked_crc32c(bytes));
  }
  entry.set_size(int64_t(data.position()) - entry.offset());
  return entry;
}

std::string header() {
  proto::BundleHeader header;
  header.set_num_shards(1);
  header.mutable_version()->set_producer(1);
  return header.SerializeAsString();
}

}  // namespace

void write_checkpoint(
    const std::string& prefix,
    const std::vector<std::pair<std::string, Array>>& tensors) {
  const TensorsByName sorted = by_name(tensors);
  FileWriter data(prefix + ".data-00000-of-00001");
  KeyValues entries = {{"", header()}};
  for (const auto& [name, array] : sorted)
    entries.emplace_back(name, append_tensor(*array, data).SerializeAsString());
  data.commit();
  write_file_atomically(prefix + ".index", to_sorted_table(entries));
  count(Counter::checkpoints_written);
}

bool checkpoint_exists(const std::string& prefix) {
  return file_exists(prefix + ".index");
}

void remove_checkpoint(const std::string& prefix) {
  for (const char* suffix : {".index", ".meta"})
    if (file_exists(prefix + suffix)) remove_file(prefix + suffix);
  const size_t slash = prefix.rfind('/');
  const std::string folder =
      slash == std::string::npos ? "." : prefix.substr(0, slash + 1);
  const std::string start =
      prefix.substr(slash == std::string::npos ? 0 : slash + 1) + ".data-";
  if (!is_directory(folder)) return;
  for (const std::string& name : list_directory(folder))
    if (name.starts_with(start)) remove_file(join_path(folder, name));
}

}  // namespace numest
