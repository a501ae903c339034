// Which bin a number lies in. Between evenly spaced edges the bin is computed
// and then corrected by the edges; between others a grid of even cells tells
// the few edges to search.
#pragma once

#include <cstdint>
#include <vector>

namespace numest::kernels {

/// Bins between ascending edges, at least one: bin i holds x with edges[i] <=
/// x < edges[i + 1], the last one its upper edge, too. T is float, double,
/// int64_t or uint64_t.
template <class T>
class Bins {
 public:
  /// `edges` (count + 1 of them) must outlive the bins.
  Bins(const T* edges, int64_t count);
  int64_t count() const { return count_; }
  /// Bins of n numbers; `count()` for what lies outside, nan does.
  void find(const T* x, int64_t n, int64_t* out) const;
  /// Adds 1 to counts[bin] for each number inside.
  void add(const T* x, int64_t n, int64_t* counts) const;

 private:
  template <class F>
  void for_each(const T* x, int64_t n, F&& f) const;
  int64_t computed(T x) const;
  int64_t searched(T x) const;
  int64_t cell(T x) const;
  bool is_even() const;
  void make_cells();

  const T* edges_;
  int64_t count_;
  double low_, scale_;
  bool is_even_;
  // Edges before each of the even cells; none, and then all are searched, if
  // the outer edges are not finite or equal.
  std::vector<int64_t> first_;
};

}  // namespace numest::kernels
