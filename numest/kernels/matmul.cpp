// Chooses the loop for a product and splits large ones among threads.
#include "numest/kernels/matmul.h"

#include <oneapi/dnnl/dnnl.h>

#include <algorithm>
#include <complex>
#include <type_traits>
#include <vector>

#include "numest/base/thread_pool.h"
#include "numest/kernels/elementwise.h"
#include "numest/kernels/half_convert.h"
#include "numest/kernels/matmul_block.h"
#include "numest/kernels/matmul_rows.h"
#include "numest/kernels/matmul_thin.h"
#include "numest/kernels/one_thread.h"

namespace numest::kernels {
namespace {

// Below this many multiplications a plain loop is faster than a call of the
// library (about 1 microsecond).
constexpr int64_t kTiny = 2048;
// From this many on, the product is split; a piece is at least a quarter.
constexpr int64_t kLarge = 1 << 21;

struct Extents {
  int64_t m, n, k;
  int64_t work() const { return m * n * k; }
};

template <class T>
MatrixView<T> view(const void* data, bool is_transposed, int64_t rows,
                   int64_t columns) {
  const T* p = static_cast<const T*>(data);
  return is_transposed ? MatrixView<T>{p, 1, rows, true}
                       : MatrixView<T>{p, columns, 1, false};
}

template <class T>
T multiply_add(T sum, T x, T y) {
  if constexpr (std::is_same_v<T, bool>) {
    return sum | (x & y);
  } else if constexpr (std::is_integral_v<T>) {
    using U = std::conditional_t<sizeof(T) <= 4, uint32_t, uint64_t>;
    return static_cast<T>(static_cast<U>(sum) +
                          static_cast<U>(x) * static_cast<U>(y));
  } else if constexpr (std::is_floating_point_v<T>) {
    return sum + x * y;
  } else {
    return sum + T(x.real() * y.real() - x.imag() * y.imag(),
                   x.real() * y.imag() + x.imag() * y.real());
  }
}

// Rows of b are added up if they are contiguous, else dot products, whose sum
// stays in a register. The order of summation is the same.
template <class T>
void multiply_row(MatrixView<T> a, MatrixView<T> b, T* c, const Extents& e,
                  int64_t i) {
  const T* x = a.data + i * a.row;
  if (b.column == 1 && e.n > 1) {
    for (int64_t p = 0; p < e.k; ++p) {
      const T scale = x[p * a.column];
      const T* y = b.data + p * b.row;
      for (int64_t j = 0; j < e.n; ++j) c[j] = multiply_add(c[j], scale, y[j]);
    }
    return;
  }
  for (int64_t j = 0; j < e.n; ++j) {
    T sum = c[j];
    const T* y = b.data + j * b.column;
    for (int64_t p = 0; p < e.k; ++p)
      sum = multiply_add(sum, x[p * a.column], y[p * b.row]);
    c[j] = sum;
  }
}

template <class T>
void scale_row(T* c, int64_t n, float beta) {
  if (beta == 1) return;
  for (int64_t j = 0; j < n; ++j) {
    if constexpr (std::is_integral_v<T>)
      c[j] = T{0};
    else
      c[j] = beta == 0 ? T{0} : T(c[j] * typename TypeTag<T>::type(beta));
  }
}

template <class T>
void multiply_plain(MatrixView<T> a, MatrixView<T> b, T* c, const Extents& e,
                    float beta) {
  const int64_t grain =
      std::max<int64_t>(1, (1 << 18) / std::max<int64_t>(1, e.n * e.k));
  parallel_for(e.m, grain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      scale_row(c + i * e.n, e.n, beta);
      multiply_row(a, b, c + i * e.n, e, i);
    }
  });
}

// A block of c: rows x columns at (row, column).
struct Block {
  int64_t row, column, rows, columns;
};

void multiply_block(MatrixView<float> a, MatrixView<float> b, float* c,
                    const Extents& e, const Block& block, float beta) {
  const OneThread one_thread;
  const auto flag = [](const MatrixView<float>& x) {
    return x.is_transposed ? 'T' : 'N';
  };
  const auto stride = [](const MatrixView<float>& x) {
    return std::max<int64_t>(1, x.is_transposed ? x.column : x.row);
  };
  const dnnl_status_t status = dnnl_sgemm(
      flag(a), flag(b), block.rows, block.columns, e.k, 1.0f,
      a.data + block.row * a.row, stride(a), b.data + block.column * b.column,
      stride(b), beta, c + block.row * e.n + block.column, e.n);
  NUMEST_CHECK(status == dnnl_success, "dnnl_sgemm: status {}",
               static_cast<int>(status));
}

// Narrow products leave most lanes of a vector unused.
bool has_few_rows(MatrixView<float> b, const Extents& e) {
  return e.m <= kFewRows && e.n >= 4 && !b.is_transposed;
}

// Splits the longer side of c in at most 16 fixed pieces and calls
// `finish(block)` after each.
template <class Finish>
void multiply_float(MatrixView<float> a, MatrixView<float> b, float* c,
                    const Extents& e, float beta, const Finish& finish) {
  if (beta == 0 && has_few_rows(b, e)) {
    matmul_few_rows({a, b.data, nullptr, false, c, e.m, e.n, e.k});
    return finish(Block{0, 0, e.m, e.n});
  }
  if (e.work() <= kTiny) {
    multiply_plain(a, b, c, e, beta);
    return finish(Block{0, 0, e.m, e.n});
  }
  if (e.work() < kLarge) {
    const Block all = {0, 0, e.m, e.n};
    multiply_block(a, b, c, e, all, beta);
    return finish(all);
  }
  const bool by_rows = e.m >= e.n;
  const int64_t size = by_rows ? e.m : e.n;
  // Half as wide columns cost a third of the library's speed.
  const int64_t least =
      std::max<int64_t>(by_rows ? 16 : 32, kLarge / 4 / (e.work() / size));
  const int64_t grain = (std::max(least, (size + 15) / 16) + 15) / 16 * 16;
  parallel_for(size, grain, [&](int64_t begin, int64_t end) {
    const Block block = by_rows ? Block{begin, 0, end - begin, e.n}
                                : Block{0, begin, e.m, end - begin};
    multiply_block(a, b, c, e, block, beta);
    finish(block);
  });
}

constexpr auto kNothing = [](const Block&) {};

template <class H>
std::vector<float> widen(const void* data, int64_t n) {
  const H* x = static_cast<const H*>(data);
  std::vector<float> wide(static_cast<size_t>(n));
  for (size_t i = 0; i < wide.size(); ++i) wide[i] = to_float(x[i]);
  return wide;
}

template <class H>
void multiply_half(const void* a, bool trans_a, const void* b, bool trans_b,
                   void* c, const Extents& e, float beta) {
  const std::vector<float> wide_a = widen<H>(a, e.m * e.k);
  const std::vector<float> wide_b = widen<H>(b, e.k * e.n);
  std::vector<float> wide_c(static_cast<size_t>(e.m * e.n));
  if (beta != 0) wide_c = widen<H>(c, e.m * e.n);
  multiply_float(view<float>(wide_a.data(), trans_a, e.m, e.k),
                 view<float>(wide_b.data(), trans_b, e.k, e.n), wide_c.data(),
                 e, beta, kNothing);
  H* out = static_cast<H*>(c);
  for (size_t i = 0; i < wide_c.size(); ++i) from_float(wide_c[i], out[i]);
}

// Pieces of a thin product, which no piece changes the results of.
template <class T>
void multiply_thin(const T* a, MatrixView<T> b, T* c, const Extents& e) {
  constexpr int64_t kGrain = 1 << 15;
  parallel_for(e.m, kGrain, [&](int64_t begin, int64_t end) {
    matmul_thin(a + begin * e.k, b, c + begin * e.n, end - begin, e.n, e.k);
  });
}

template <class T>
constexpr bool kHasThin = std::is_same_v<T, float> || std::is_same_v<T, double>;

template <class T>
void multiply(const void* a, bool trans_a, const void* b, bool trans_b, void* c,
              const Extents& e, float beta) {
  if constexpr (is_half_type<T>) {
    multiply_half<T>(a, trans_a, b, trans_b, c, e, beta);
  } else {
    const MatrixView<T> x = view<T>(a, trans_a, e.m, e.k);
    const MatrixView<T> y = view<T>(b, trans_b, e.k, e.n);
    T* z = static_cast<T*>(c);
    if constexpr (kHasThin<T>)
      if (beta == 0 && !trans_a && is_thin(e.n, e.k))
        return multiply_thin(x.data, y, z, e);
    if constexpr (std::is_same_v<T, float>) {
      multiply_float(x, y, z, e, beta, kNothing);
    } else if constexpr (std::is_same_v<T, double>) {
      if (e.work() <= kTiny) return multiply_plain(x, y, z, e, beta);
      matmul_double(x, y, z, e.m, e.n, e.k, static_cast<double>(beta));
    } else {
      multiply_plain(x, y, z, e, beta);
    }
  }
}

const char* tile_name(Activation activation) {
  switch (activation) {
    case Activation::kRelu:
      return "relu";
    case Activation::kTanh:
      return "tanh";
    case Activation::kSigmoid:
      return "sigmoid";
    case Activation::kNone:
      break;
  }
  return nullptr;
}

bool is_cheap(Activation activation) {
  return activation == Activation::kNone || activation == Activation::kRelu;
}

// Adds the bias and applies the activation to a block of c, row by row.
struct Epilogue {
  DType dtype;
  const std::byte* bias;
  std::byte* c;
  int64_t n;
  TileFn add = nullptr, activate = nullptr;

  Epilogue(DType type, const void* bias_data, Activation activation, void* out,
           int64_t columns)
      : dtype(type),
        bias(static_cast<const std::byte*>(bias_data)),
        c(static_cast<std::byte*>(out)),
        n(columns) {
    if (bias) add = find_tile("add", dtype)->fn;
    if (const char* name = tile_name(activation))
      activate = find_tile(name, dtype)->fn;
  }

  void operator()(const Block& block) const {
    if (!add && !activate) return;
    constexpr int64_t kNarrow = 8;  // columns for which a call costs more
    if (dtype == DType::kFloat32 && !activate && block.columns < kNarrow)
      return add_narrow(block);
    const int64_t size = itemsize(dtype);
    for (int64_t i = block.row; i < block.row + block.rows; ++i) {
      std::byte* row = c + (i * n + block.column) * size;
      const void* in[] = {row, bias ? bias + block.column * size : nullptr};
      if (add) add(in, row, block.columns);
      if (activate) activate(in, row, block.columns);
    }
  }

 private:
  void add_narrow(const Block& block) const {
    const float* terms = reinterpret_cast<const float*>(bias) + block.column;
    for (int64_t i = block.row; i < block.row + block.rows; ++i) {
      float* row = reinterpret_cast<float*>(c) + i * n + block.column;
      for (int64_t j = 0; j < block.columns; ++j) row[j] += terms[j];
    }
  }
};

}  // namespace

void matmul(DType dtype, const void* a, bool trans_a, const void* b,
            bool trans_b, void* c, int64_t m, int64_t n, int64_t k,
            float beta) {
  if (m == 0 || n == 0) return;
  visit_dtype(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_same_v<T, Bytes>)
      fail<TypeError>("matmul: got dtype bytes, expected numbers");
    else
      multiply<T>(a, trans_a, b, trans_b, c, {m, n, k}, beta);
  });
}

void matmul_batched(DType dtype, const void* a, int64_t stride_a, bool trans_a,
                    const void* b, int64_t stride_b, bool trans_b, void* c,
                    int64_t batch, int64_t m, int64_t n, int64_t k,
                    float beta) {
  const std::byte* x = static_cast<const std::byte*>(a);
  const std::byte* y = static_cast<const std::byte*>(b);
  std::byte* z = static_cast<std::byte*>(c);
  const int64_t size = itemsize(dtype);
  // Rows of a thin product do not depend on how many there are.
  if (stride_b == 0 && stride_a == m * k && !trans_a && beta == 0 &&
      is_thin(n, k))
    return matmul(dtype, a, false, b, trans_b, c, batch * m, n, k);
  // Large products split themselves; small ones are shared out.
  const int64_t work = std::max<int64_t>(1, m * n * k);
  const int64_t grain = work >= kLarge
                            ? std::max<int64_t>(1, batch)
                            : std::max<int64_t>(1, kLarge / 4 / work);
  parallel_for(batch, grain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      matmul(dtype, x + i * stride_a * size, trans_a, y + i * stride_b * size,
             trans_b, z + i * m * n * size, m, n, k, beta);
  });
}

void matmul_bias_activation(DType dtype, const void* a, bool trans_a,
                            const void* b, bool trans_b, const void* bias,
                            Activation activation, void* c, int64_t m,
                            int64_t n, int64_t k) {
  NUMEST_USER_CHECK(is_float(dtype), TypeError,
                    "matmul_bias_activation: got dtype {}, expected a "
                    "floating dtype",
                    name(dtype));
  if (m == 0 || n == 0) return;
  const Extents e = {m, n, k};
  if (dtype == DType::kFloat32 && is_cheap(activation) &&
      has_few_rows(view<float>(b, trans_b, k, n), e))
    return matmul_few_rows(
        {view<float>(a, trans_a, m, k), static_cast<const float*>(b),
         static_cast<const float*>(bias), activation == Activation::kRelu,
         static_cast<float*>(c), m, n, k});
  const Epilogue finish(dtype, bias, activation, c, n);
  if (dtype == DType::kFloat32)
    return multiply_float(view<float>(a, trans_a, m, k),
                          view<float>(b, trans_b, k, n), static_cast<float*>(c),
                          e, 0, finish);
  matmul(dtype, a, trans_a, b, trans_b, c, m, n, k);
  finish(Block{0, 0, m, n});
}

}  // namespace numest::kernels
