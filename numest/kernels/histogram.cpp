#include "numest/kernels/histogram.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace numest::kernels {

namespace {

constexpr int64_t kCells = 4;  // for each bin

}  // namespace

template <class T>
Bins<T>::Bins(const T* edges, int64_t count)
    : edges_(edges),
      count_(count),
      low_(double(edges[0])),
      scale_(double(count) / (double(edges[count]) - low_)),
      is_even_(is_even()) {
  if (!is_even_ && std::isfinite(scale_) && scale_ > 0) make_cells();
}

// True if each edge lies less than half a bin from where even ones do. A
// computed bin grows with x, so it is then wrong by one at most.
template <class T>
bool Bins<T>::is_even() const {
  if (!std::isfinite(scale_) || scale_ <= 0) return false;
  for (int64_t i = 0; i <= count_; ++i)
    if (!(std::abs((double(edges_[i]) - low_) * scale_ - double(i)) < 0.5))
      return false;
  return true;
}

template <class T>
int64_t Bins<T>::cell(T x) const {
  return std::min(int64_t((double(x) - low_) * scale_ * kCells),
                  count_ * kCells - 1);
}

template <class T>
void Bins<T>::make_cells() {
  std::vector<int64_t> first(size_t(count_ * kCells + 1));
  for (int64_t i = 0; i <= count_; ++i) {
    if (!(edges_[i] >= edges_[0] && edges_[i] <= edges_[count_])) return;
    ++first[size_t(cell(edges_[i]) + 1)];
  }
  std::partial_sum(first.begin(), first.end(), first.begin());
  first_ = std::move(first);
}

template <class T>
int64_t Bins<T>::computed(T x) const {
  const int64_t last = count_ - 1;
  int64_t bin = std::min(int64_t((double(x) - low_) * scale_), last);
  bin -= x < edges_[bin];
  bin += (x >= edges_[bin + 1]) & (bin != last);
  return bin;
}

// A cell grows with x: edges of lower cells lie below, of higher ones above.
template <class T>
int64_t Bins<T>::searched(T x) const {
  const T *first = edges_, *last = edges_ + count_ + 1;
  if (!first_.empty()) {
    const int64_t at = cell(x);
    last = edges_ + first_[size_t(at + 1)];
    first = edges_ + first_[size_t(at)];
  }
  const T* const above = std::upper_bound(first, last, x);
  return std::min(int64_t(above - edges_) - 1, count_ - 1);
}

template <class T>
template <class F>
void Bins<T>::for_each(const T* x, int64_t n, F&& f) const {
  const T low = edges_[0], high = edges_[count_];
  if (is_even_)
    for (int64_t i = 0; i < n; ++i)
      f(i, x[i] >= low && x[i] <= high ? computed(x[i]) : count_);
  else
    for (int64_t i = 0; i < n; ++i)
      f(i, x[i] >= low && x[i] <= high ? searched(x[i]) : count_);
}

template <class T>
void Bins<T>::find(const T* x, int64_t n, int64_t* out) const {
  for_each(x, n, [=](int64_t i, int64_t bin) { out[i] = bin; });
}

template <class T>
void Bins<T>::add(const T* x, int64_t n, int64_t* counts) const {
  for_each(x, n, [=, this](int64_t, int64_t bin) {
    if (bin < count_) ++counts[bin];
  });
}

template class Bins<float>;
template class Bins<double>;
template class Bins<int64_t>;
template class Bins<uint64_t>;

}  // namespace numest::kernels
