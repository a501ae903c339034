// Decoding record by record into arrays that are stacked as they are filled.
#include "numest/formats/record_functions.h"

#include <charconv>

#include "numest/formats/csv_lines.h"
#include "numest/formats/example.h"

namespace numest {

namespace {

Shape joined(const Shape& outer, const Shape& inner) {
  Shape shape = outer;
  for (int64_t e : inner) shape.push_back(e);
  return shape;
}

void check_records(std::span<const TensorSpec> inputs, const char* what) {
  NUMEST_USER_CHECK(inputs.size() == 1 && inputs[0].dtype == DType::kBytes,
                    TypeError, "{}: got records of dtype {}, expected strings",
                    what, inputs.empty() ? "none" : name(inputs[0].dtype));
}

std::string_view without_spaces(std::string_view field) {
  while (!field.empty() && field.front() == ' ') field.remove_prefix(1);
  while (!field.empty() && field.back() == ' ') field.remove_suffix(1);
  return field;
}

template <class T>
void put_number(Array& out, int64_t row, std::string_view field, size_t index) {
  std::string_view text = without_spaces(field);
  if (text.size() > 1 && text[0] == '+') text.remove_prefix(1);
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  NUMEST_USER_CHECK(error == std::errc{} && stop == end, ValueError,
                    "decode_csv: Field {} in record is not a valid {}: got "
                    "'{}'; give a default of another dtype or clean the data",
                    index, name(dtype_of<T>), field);
  out.data<T>()[row] = value;
}

class CsvDecoder : public ForeignFunction {
 public:
  explicit CsvDecoder(CsvDecoderOptions options)
      : options_(std::move(options)) {}
  std::string name() const override { return "decode_csv"; }

  std::vector<TensorSpec> output_types(
      std::span<const TensorSpec> inputs) const override {
    check_records(inputs, "decode_csv");
    std::vector<TensorSpec> types;
    for (const Array& d : options_.defaults)
      types.push_back({d.dtype(), inputs[0].shape});
    return types;
  }

  std::vector<Array> call(std::span<const Array> inputs) const override {
    const Array records = inputs[0].contiguous();
    std::vector<Array> out;
    for (const Array& d : options_.defaults)
      out.emplace_back(d.dtype(), records.shape());
    for (int64_t row = 0; row < records.size(); ++row)
      decode(records.data<Bytes>()[row], row, out);
    return out;
  }

 private:
  std::vector<std::string> fields(const std::string& record) const {
    std::vector<std::string> result;
    if (options_.use_quote_delim) {
      CsvScanner scanner(record, options_.delimiter, "decode_csv");
      std::vector<std::string_view> views;
      if (!scanner.next(views)) views = {""};
      for (std::string_view v : views) result.emplace_back(v);
      return result;
    }
    size_t begin = 0;
    for (size_t at;
         (at = record.find(options_.delimiter, begin)) != std::string::npos;
         begin = at + 1)
      result.push_back(record.substr(begin, at - begin));
    result.push_back(record.substr(begin));
    return result;
  }

  void decode(const std::string& record, int64_t row,
              std::vector<Array>& out) const {
    const auto all = fields(record);
    const bool is_selected = !options_.columns.empty();
    NUMEST_USER_CHECK(is_selected || all.size() == out.size(), ValueError,
                      "decode_csv: Expect {} fields but have {} in record "
                      "'{}'; give one record_default per field",
                      out.size(), all.size(), record);
    for (size_t i = 0; i < out.size(); ++i) {
      const size_t field = is_selected ? size_t(options_.columns[i]) : i;
      NUMEST_USER_CHECK(field < all.size(), ValueError,
                        "decode_csv: select_cols: got field {}, but the "
                        "record '{}' has {}",
                        field, record, all.size());
      put(out[i], row, all[field], i);
    }
  }

  void put(Array& out, int64_t row, const std::string& field,
           size_t index) const {
    if (field.empty() || field == options_.na_value) {
      const Array& d = options_.defaults[index];
      NUMEST_USER_CHECK(d.size() == 1, ValueError,
                        "decode_csv: Field {} is required but missing in "
                        "record {}; give it a default value",
                        index, row);
      out.reshape(Shape{out.size()}).index(0, row).assign(d.reshape(Shape{}));
      return;
    }
    switch (out.dtype()) {
      case DType::kBytes:
        out.data<Bytes>()[row] = field;
        return;
      case DType::kFloat32:
        return put_number<float>(out, row, field, index);
      case DType::kFloat64:
        return put_number<double>(out, row, field, index);
      case DType::kInt32:
        return put_number<int32_t>(out, row, field, index);
      default:
        return put_number<int64_t>(out, row, field, index);
    }
  }

  CsvDecoderOptions options_;
};

class ExampleParser : public ForeignFunction {
 public:
  explicit ExampleParser(std::vector<ParsedFeature> features)
      : features_(std::move(features)) {}
  std::string name() const override { return "parse_example"; }

  std::vector<TensorSpec> output_types(
      std::span<const TensorSpec> inputs) const override {
    check_records(inputs, "parse_example");
    std::vector<TensorSpec> types;
    for (const ParsedFeature& f : features_)
      types.push_back({f.dtype, joined(inputs[0].shape, f.shape)});
    return types;
  }

  std::vector<Array> call(std::span<const Array> inputs) const override {
    const Array records = inputs[0].contiguous();
    const int64_t count = records.size();
    std::vector<Array> out;
    for (const ParsedFeature& f : features_)
      out.emplace_back(f.dtype, joined(Shape{count}, f.shape));
    for (int64_t row = 0; row < count; ++row) {
      const NamedArrays parsed =
          numest::parse_example(records.data<Bytes>()[row]);
      for (size_t i = 0; i < features_.size(); ++i)
        out[i].index(0, row).assign(value_of(features_[i], parsed, row));
    }
    for (size_t i = 0; i < out.size(); ++i)
      out[i] = out[i].reshape(joined(records.shape(), features_[i].shape));
    return out;
  }

 private:
  static Array value_of(const ParsedFeature& f, const NamedArrays& parsed,
                        int64_t row) {
    for (const auto& [key, value] : parsed) {
      if (key != f.key || value.size() == 0) continue;
      NUMEST_USER_CHECK(value.dtype() == f.dtype, ValueError,
                        "parse_example: Key: {}. Data types don't match: got "
                        "{}, expected {} (record {})",
                        f.key, numest::name(value.dtype()),
                        numest::name(f.dtype), row);
      NUMEST_USER_CHECK(value.size() == f.shape.size(), ValueError,
                        "parse_example: Key: {}. Number of values does not "
                        "match the shape: got {}, expected {} (record {})",
                        f.key, value.size(), f.shape.to_string(), row);
      return value.reshape(f.shape);
    }
    NUMEST_USER_CHECK(f.default_value, ValueError,
                      "parse_example: Feature: {} is required but could not "
                      "be found (record {}); give it a default_value",
                      f.key, row);
    return *f.default_value;
  }

  std::vector<ParsedFeature> features_;
};

}  // namespace

std::shared_ptr<const ForeignFunction> csv_decoder(CsvDecoderOptions options) {
  NUMEST_USER_CHECK(!options.defaults.empty(), ValueError,
                    "decode_csv: record_defaults is empty, expected one entry "
                    "per field");
  for (const Array& d : options.defaults) {
    NUMEST_USER_CHECK(d.size() <= 1, ValueError,
                      "decode_csv: record_defaults: got an entry of shape {}, "
                      "expected a scalar or an empty array",
                      d.shape().to_string());
    const bool is_known =
        d.dtype() == DType::kBytes || d.dtype() == DType::kFloat32 ||
        d.dtype() == DType::kFloat64 || d.dtype() == DType::kInt32 ||
        d.dtype() == DType::kInt64;
    NUMEST_USER_CHECK(is_known, TypeError,
                      "decode_csv: record_defaults: got {}, expected float32, "
                      "float64, int32, int64 or string",
                      name(d.dtype()));
  }
  return std::make_shared<CsvDecoder>(std::move(options));
}

std::shared_ptr<const ForeignFunction> example_parser(
    std::vector<ParsedFeature> features) {
  NUMEST_USER_CHECK(!features.empty(), ValueError,
                    "parse_example: features: Missing: got none, expected a "
                    "dict of FixedLenFeature");
  for (ParsedFeature& f : features) {
    const bool is_known = f.dtype == DType::kFloat32 ||
                          f.dtype == DType::kInt64 || f.dtype == DType::kBytes;
    NUMEST_USER_CHECK(is_known, TypeError,
                      "parse_example: Key: {}: got dtype {}, expected "
                      "float32, int64 or string",
                      f.key, name(f.dtype));
    NUMEST_USER_CHECK(f.shape.is_known(), ValueError,
                      "parse_example: Key: {}: the shape of a FixedLenFeature "
                      "must be known: got {}",
                      f.key, f.shape.to_string());
    if (!f.default_value) continue;
    const Array d = f.default_value->astype(f.dtype);
    NUMEST_USER_CHECK(d.size() == 1 || d.size() == f.shape.size(), ValueError,
                      "parse_example: Key: {}: default_value has shape {}, "
                      "expected {}",
                      f.key, d.shape().to_string(), f.shape.to_string());
    f.default_value = d.size() == 1
                          ? d.reshape(Shape{}).broadcast_to(f.shape).copy()
                          : d.reshape(f.shape);
  }
  return std::make_shared<ExampleParser>(std::move(features));
}

}  // namespace numest
