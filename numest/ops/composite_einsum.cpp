// Contractions: axes are named by letters, brought into order and multiplied
// as batches of matrices.
#include <algorithm>
#include <cctype>
#include <string>

#include "numest/ops/composite_linalg.h"
#include "numest/ops/emit.h"
#include "numest/ops/operators.h"

namespace numest {

namespace {

using Ints = std::vector<int64_t>;

// A tensor whose axes have names.
struct Named {
  Tensor tensor;
  std::string labels;
  int64_t extent(char label) const {
    return tensor.shape()[int(labels.find(label))];
  }
};

bool has(const std::string& labels, char label) {
  return labels.find(label) != labels.npos;
}

// Repeated labels are a diagonal.
Named without_repeats(Named x) {
  for (size_t i = 0; i < x.labels.size(); ++i) {
    const size_t j = x.labels.find(x.labels[i], i + 1);
    if (j == x.labels.npos) continue;
    const char label = x.labels[i];
    x.tensor = diagonal(x.tensor, 0, int64_t(i), int64_t(j));
    x.labels.erase(j, 1);
    x.labels.erase(i, 1);
    x.labels += label;  // diagonal puts its axis last
    return without_repeats(std::move(x));
  }
  return x;
}

Named with_only(Named x, const std::string& kept) {
  Ints axes;
  std::string labels;
  for (size_t i = 0; i < x.labels.size(); ++i) {
    if (has(kept, x.labels[i]))
      labels += x.labels[i];
    else
      axes.push_back(int64_t(i));
  }
  if (axes.empty()) return x;
  return {sum(x.tensor, axes, x.tensor.dtype()), labels};
}

Tensor ordered(const Named& x, const std::string& labels) {
  if (x.labels == labels) return x.tensor;
  Ints axes;
  for (char label : labels) axes.push_back(int64_t(x.labels.find(label)));
  return emit("transpose", {x.tensor}, {{"axes", axes}});
}

constexpr int64_t kRest = -1;  // as reshape takes it

int64_t joined_extent(const Named& x, const std::string& labels) {
  if (labels.size() == 1) return x.extent(labels[0]);
  int64_t product = 1;
  for (char label : labels) {
    if (is_symbol(x.extent(label))) return kRest;
    product *= x.extent(label);
  }
  return product;
}

Tensor as_matrices(const Named& x, const std::string& batch,
                   const std::string& rows, const std::string& columns) {
  const Tensor t = ordered(x, batch + rows + columns);
  if (batch.size() == 1 && rows.size() == 1 && columns.size() == 1) return t;
  const Shape shape{joined_extent(x, batch), joined_extent(x, rows),
                    joined_extent(x, columns)};
  NUMEST_USER_CHECK(std::count(shape.begin(), shape.end(), kRest) < 2,
                    NotSupportedError,
                    "einsum: two groups of axes of '{}' have extents that are "
                    "not known while "
                    "tracing; contract them in steps, so that one group has",
                    x.labels);
  return reshape(t, shape);
}

Named product(const Named& a, const Named& b, const std::string& kept) {
  std::string batch, rows, inner, columns;
  for (char label : a.labels)
    (!has(b.labels, label) ? rows : has(kept, label) ? batch : inner) += label;
  for (char label : b.labels)
    if (!has(a.labels, label)) columns += label;
  const std::string labels = batch + rows + columns;
  Shape shape;
  for (char label : labels)
    shape.push_back(has(a.labels, label) ? a.extent(label) : b.extent(label));
  const Tensor c = matmul(as_matrices(a, batch, rows, inner),
                          as_matrices(b, batch, inner, columns));
  const bool is_shaped =
      batch.size() == 1 && rows.size() == 1 && columns.size() == 1;
  return {is_shaped ? c : reshape(c, shape), labels};
}

void check_labels(std::string_view subscripts, const Named& x) {
  NUMEST_USER_CHECK(int(x.labels.size()) == x.tensor.ndim(), ValueError,
                    "einsum: got subscripts '{}' with '{}' for an operand of "
                    "{} axes, expected one letter an axis",
                    subscripts, x.labels, x.tensor.ndim());
}

struct Parsed {
  std::vector<std::string> inputs;
  std::string output;
};

std::string without_spaces(std::string_view text) {
  std::string result(text);
  std::erase(result, ' ');
  return result;
}

// The result's letters if none are given: those that stand once, in order.
std::string letters_once(std::string_view subscripts) {
  std::string result;
  for (char c : subscripts)
    if (std::isalpha(static_cast<unsigned char>(c)) &&
        std::count(subscripts.begin(), subscripts.end(), c) == 1)
      result += c;
  std::sort(result.begin(), result.end());
  return result;
}

Parsed parse(std::string_view subscripts) {
  const size_t arrow = subscripts.find("->");
  const bool is_given = arrow != subscripts.npos;
  Parsed parsed{{""},
                is_given ? without_spaces(subscripts.substr(arrow + 2))
                         : letters_once(subscripts)};
  for (char c : without_spaces(subscripts.substr(0, arrow))) {
    if (c == ',')
      parsed.inputs.emplace_back();
    else
      parsed.inputs.back() += c;
  }
  return parsed;
}

}  // namespace

Tensor einsum(std::string_view subscripts,
              const std::vector<Tensor>& operands) {
  const Parsed parsed = parse(subscripts);
  NUMEST_USER_CHECK(parsed.inputs.size() == operands.size(), ValueError,
                    "einsum: got {} operands, expected {} for subscripts '{}'",
                    operands.size(), parsed.inputs.size(), subscripts);
  Named result;
  for (size_t i = 0; i < operands.size(); ++i) {
    Named next{operands[i], parsed.inputs[i]};
    check_labels(subscripts, next);
    std::string kept = parsed.output;
    for (size_t j = i + 1; j < operands.size(); ++j) kept += parsed.inputs[j];
    next = with_only(without_repeats(std::move(next)), kept + result.labels);
    result = i == 0
                 ? next
                 : product(with_only(result, kept + next.labels), next, kept);
  }
  result = with_only(result, parsed.output);
  for (char label : parsed.output)
    NUMEST_USER_CHECK(has(result.labels, label), ValueError,
                      "einsum: got '{}' in the result of '{}', expected a "
                      "letter of an operand",
                      label, subscripts);
  return ordered(result, parsed.output);
}

Tensor tensordot(const Tensor& a, const Tensor& b, const Ints& a_axes,
                 const Ints& b_axes) {
  NUMEST_USER_CHECK(a_axes.size() == b_axes.size() &&
                        a.ndim() + b.ndim() <= 26 + int(a_axes.size()),
                    ValueError,
                    "tensordot: shape-mismatch for sum: got {} and {} axes",
                    a_axes.size(), b_axes.size());
  std::string x, y, out;
  char next = 'a';
  for (int i = 0; i < a.ndim(); ++i) x += next++;
  y.assign(size_t(b.ndim()), ' ');
  std::string summed;
  for (size_t i = 0; i < a_axes.size(); ++i) {
    const int at = normalize_axis(int(a_axes[i]), a.ndim(), "tensordot");
    const int to = normalize_axis(int(b_axes[i]), b.ndim(), "tensordot");
    NUMEST_USER_CHECK(a.shape()[at] == b.shape()[to] ||
                          is_symbol(a.shape()[at]) || is_symbol(b.shape()[to]),
                      ValueError,
                      "tensordot: shape-mismatch for sum: got extents {} and "
                      "{}",
                      a.shape()[at], b.shape()[to]);
    y[size_t(to)] = x[size_t(at)];
    summed += x[size_t(at)];
  }
  for (char& label : y)
    if (label == ' ') label = next++;
  for (char label : x + y)
    if (!has(summed, label)) out += label;
  return einsum(x + "," + y + "->" + out, {a, b});
}

}  // namespace numest
