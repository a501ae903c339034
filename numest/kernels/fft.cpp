// Lengths of small prime factors go to kissfft; the others are convolutions
// of a power of two (Bluestein), because kissfft is quadratic in a factor. Rows
// of real numbers are transformed as complex rows of half the length.
#include "numest/kernels/fft.h"

#include <algorithm>
#include <kissfft/kissfft.hh>
#include <memory>
#include <numbers>
#include <vector>

#include "numest/base/thread_pool.h"

namespace numest::kernels {

namespace {

using Number = std::complex<double>;
using Row = std::vector<Number>;

constexpr int64_t kLargestFactor = 50;
constexpr int64_t kPieceLength = 1 << 14;  // numbers of one piece of work

int64_t largest_factor(int64_t n) {
  int64_t largest = 1;
  for (int64_t p = 2; p * p <= n; ++p)
    for (; n % p == 0; n /= p) largest = p;
  return std::max(largest, n);
}

// exp(-pi i j^2 / n), by j^2 modulo 2n so that the angle stays small.
Row chirp_of(int64_t n) {
  Row chirp(static_cast<size_t>(n));
  int64_t square = 0;
  for (int64_t j = 0; j < n; ++j) {
    const double angle = std::numbers::pi * double(square) / double(n);
    chirp[size_t(j)] = std::polar(1.0, -angle);
    square = (square + 2 * j + 1) % (2 * n);
  }
  return chirp;
}

int64_t power_of_two_from(int64_t n) {
  int64_t power = 1;
  while (power < n) power *= 2;
  return power;
}

// The forward transform of one length; not for several threads at once.
class Plan {
 public:
  explicit Plan(int64_t n) : n_(n) {
    if (largest_factor(n) <= kLargestFactor) {
      direct_ = std::make_unique<kissfft<double>>(size_t(n), false);
      return;
    }
    prepare_convolution();
  }
  int64_t length() const { return n_; }

  void run(const Row& in, Row& out) {
    if (n_ % 2 == 0 && is_real(in))
      run_real(in, out);
    else if (direct_ != nullptr)
      direct_->transform(in.data(), out.data());
    else
      convolve(in, out);
  }

 private:
  void prepare_convolution() {
    const int64_t m = power_of_two_from(2 * n_ - 1);
    direct_of_m_ = std::make_unique<kissfft<double>>(size_t(m), false);
    chirp_ = chirp_of(n_);
    a_.resize(size_t(m));
    b_.resize(size_t(m));
    Row kernel(size_t(m), Number(0));
    for (int64_t j = 0; j < n_; ++j) {
      kernel[size_t(j)] = std::conj(chirp_[size_t(j)]);
      if (j > 0) kernel[size_t(m - j)] = kernel[size_t(j)];
    }
    kernel_.resize(size_t(m));
    direct_of_m_->transform(kernel.data(), kernel_.data());
  }

  static bool is_real(const Row& in) {
    return std::all_of(in.begin(), in.end(),
                       [](const Number& x) { return x.imag() == 0; });
  }

  void prepare_real() {
    half_ = std::make_unique<Plan>(n_ / 2);
    pairs_.resize(size_t(n_ / 2));
    transformed_.resize(size_t(n_ / 2));
    for (int64_t k = 0; k <= n_ / 4; ++k)
      turns_.push_back(
          std::polar(0.5, -2 * std::numbers::pi * double(k) / double(n_)));
  }

  // Even and odd numbers are the parts of one row, whose transform is that of
  // the even ones plus i times that of the odd ones; symmetry separates them.
  void run_real(const Row& in, Row& out) {
    if (half_ == nullptr) prepare_real();
    const size_t m = pairs_.size();
    for (size_t j = 0; j < m; ++j)
      pairs_[j] = {in[2 * j].real(), in[2 * j + 1].real()};
    half_->run(pairs_, transformed_);
    const Number first = transformed_[0];
    out[0] = first.real() + first.imag();
    out[m] = first.real() - first.imag();
    for (size_t k = 1; k <= m / 2; ++k) {
      const Number a = transformed_[k], b = transformed_[m - k];
      const double even_re = 0.5 * (a.real() + b.real());
      const double even_im = 0.5 * (a.imag() - b.imag());
      const double odd_re = a.imag() + b.imag(), odd_im = b.real() - a.real();
      const double re = turns_[k].real(), im = turns_[k].imag();
      const Number turned(re * odd_re - im * odd_im, re * odd_im + im * odd_re);
      out[k] = {even_re + turned.real(), even_im + turned.imag()};
      out[m - k] = {even_re - turned.real(), turned.imag() - even_im};
    }
    for (size_t k = 1; k < m; ++k) out[2 * m - k] = std::conj(out[k]);
  }

  void convolve(const Row& in, Row& out) {
    std::fill(a_.begin(), a_.end(), Number(0));
    for (size_t j = 0; j < chirp_.size(); ++j) a_[j] = in[j] * chirp_[j];
    direct_of_m_->transform(a_.data(), b_.data());
    // The inverse transform is the conjugate of that of the conjugates.
    for (size_t j = 0; j < b_.size(); ++j)
      b_[j] = std::conj(b_[j] * kernel_[j]);
    direct_of_m_->transform(b_.data(), a_.data());
    const double scale = 1.0 / double(a_.size());
    for (size_t j = 0; j < chirp_.size(); ++j)
      out[j] = std::conj(a_[j]) * chirp_[j] * scale;
  }

  int64_t n_;
  std::unique_ptr<kissfft<double>> direct_, direct_of_m_;
  Row chirp_, kernel_, a_, b_;
  std::unique_ptr<Plan> half_;
  Row turns_, pairs_, transformed_;  // of rows of real numbers
};

// The thread's last plan: calls of one length follow each other.
Plan& plan_of(int64_t n) {
  thread_local std::unique_ptr<Plan> plan;
  if (plan == nullptr || plan->length() != n) plan = std::make_unique<Plan>(n);
  return *plan;
}

// An inverse transform is the forward one with real and imaginary parts
// exchanged before and after.
template <class To, class From>
std::complex<To> turned(const std::complex<From>& x, bool inverse) {
  const auto re = static_cast<To>(x.real()), im = static_cast<To>(x.imag());
  return inverse ? std::complex<To>(im, re) : std::complex<To>(re, im);
}

}  // namespace

template <class T>
void fft(const std::complex<T>* in, std::complex<T>* out, int64_t rows,
         int64_t n, bool inverse) {
  if (n == 0) return;
  const int64_t grain = std::max<int64_t>(1, kPieceLength / n);
  parallel_for(rows, grain, [=](int64_t begin, int64_t end) {
    Plan& plan = plan_of(n);
    Row row(static_cast<size_t>(n)), result(static_cast<size_t>(n));
    for (int64_t r = begin; r < end; ++r) {
      for (int64_t j = 0; j < n; ++j)
        row[size_t(j)] = turned<double>(in[r * n + j], inverse);
      plan.run(row, result);
      for (int64_t j = 0; j < n; ++j)
        out[r * n + j] = turned<T>(result[size_t(j)], inverse);
    }
  });
}

template void fft(const std::complex<float>*, std::complex<float>*, int64_t,
                  int64_t, bool);
template void fft(const std::complex<double>*, std::complex<double>*, int64_t,
                  int64_t, bool);

}  // namespace numest::kernels
