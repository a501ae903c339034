// A generator walks the files; state between elements is the open file.
#include "numest/estimator/file_datasets.h"

#include "numest/base/file.h"
#include "numest/formats/tfrecord.h"

namespace numest::estimator {

namespace {

// Gives lines of `text` until its end; "\r\n" ends lines too.
class Lines {
 public:
  Lines(const std::string& path, Compression compression)
      : text_(decompress(read_file(path), compression, path)) {}
  std::optional<std::string> next() {
    if (at_ >= text_.size()) return std::nullopt;
    const size_t end = std::min(text_.find('\n', at_), text_.size());
    std::string line = text_.substr(at_, end - at_);
    if (end < text_.size() && !line.empty() && line.back() == '\r')
      line.pop_back();
    at_ = end + 1;
    return line;
  }

 private:
  std::string text_;
  size_t at_ = 0;
};

template <class Reader>
data::Dataset dataset_of(const std::vector<std::string>& paths,
                         Compression compression) {
  auto start = [paths, compression]() -> data::Generator {
    auto reader = std::make_shared<std::unique_ptr<Reader>>();
    size_t file = 0;
    return [=]() mutable -> std::optional<Element> {
      for (;;) {
        if (!*reader) {
          if (file == paths.size()) return std::nullopt;
          *reader = std::make_unique<Reader>(paths[file++], compression);
        }
        if (auto record = (*reader)->next()) {
          Array element(DType::kBytes, Shape{});
          *element.data<Bytes>() = std::move(*record);
          return Element(element);
        }
        reader->reset();
      }
    };
  };
  return data::Dataset::from_generator(
      start, ElementSpec(TensorSpec{DType::kBytes, Shape{}}));
}

}  // namespace

data::Dataset text_line_dataset(const std::vector<std::string>& paths,
                                Compression compression) {
  return dataset_of<Lines>(paths, compression);
}

data::Dataset tfrecord_dataset(const std::vector<std::string>& paths,
                               Compression compression) {
  return dataset_of<TFRecordReader>(paths, compression);
}

}  // namespace numest::estimator
