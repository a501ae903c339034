// Writing at places, indices for that, and running totals, under NumPy's names.
// Tensors do not change: what writes in NumPy gives a copy here.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "numest/graph/tensor.h"

namespace numest {

// --- Copies of `a` that differ at some places; values are cast to its dtype
// ---
/// Where `mask` holds, the element of `values` at the same position, which are
/// repeated as often as it takes. ValueError if there are none.
Tensor putmask(const Tensor& a, const Tensor& mask, const Tensor& values);
/// Where `mask` holds, one value after the other, again from the first one.
Tensor place(const Tensor& a, const Tensor& mask, const Tensor& values);
/// At positions `ind` of the flat array; values are repeated; the last wins.
/// `mode` is what becomes of positions outside: 'raise', 'wrap' or 'clip'.
Tensor put(const Tensor& a, const Tensor& ind, const Tensor& v,
           std::string_view mode = "raise");
/// At positions along `axis` of each row; `indices` and `values` broadcast to
/// the other axes.
Tensor put_along_axis(const Tensor& arr, const Tensor& indices,
                      const Tensor& values, int64_t axis);
/// `val` at (0, 0), (1, 1), ...; of two axes, rows below the last column are
/// left out. ValueError for one axis, or more that are not of one extent.
Tensor fill_diagonal(const Tensor& a, const Tensor& val);
/// The elements of `src`, which broadcast to `dst`, where `where` holds.
/// TypeError if the rule `casting` (see `can_cast`) forbids to cast them,
/// ValueError if the shapes do not fit.
Tensor copyto(const Tensor& dst, const Tensor& src,
              std::string_view casting = "same_kind",
              const Tensor& where = true);

// --- Indices ---
/// The flat positions of elements at `multi_index`, one array an axis.
/// ValueError outside of `dims`, unless `mode` is 'wrap' or 'clip'; `order` 'F'
/// counts the first axis fastest.
Tensor ravel_multi_index(const std::vector<Tensor>& multi_index,
                         const Shape& dims, std::string_view mode = "raise",
                         std::string_view order = "C");
/// Vectors as indices of an open mesh: each along an axis of its own.
std::vector<Tensor> ix_(const std::vector<Tensor>& args);
/// Of the main diagonal of an array of `ndim` axes of extent `n`.
std::vector<Tensor> diag_indices(int64_t n, int64_t ndim = 2);
std::vector<Tensor> diag_indices_from(const Tensor& arr);
std::vector<Tensor> tril_indices_from(const Tensor& arr, int64_t k = 0);
std::vector<Tensor> triu_indices_from(const Tensor& arr, int64_t k = 0);
/// isin of the flat array.
Tensor in1d(const Tensor& ar1, const Tensor& ar2);
/// The matrix whose diagonal `k` holds the elements of the flat `v`.
Tensor diagflat(const Tensor& v, int64_t k = 0);

// --- Running totals ---
/// Sums, or products, of all elements up to each one along `axis`, which may be
/// left out of vectors only; with the empty one before, if `include_initial`.
Tensor cumulative_sum(const Tensor& x, std::optional<int64_t> axis = {},
                      std::optional<DType> dtype = {},
                      bool include_initial = false);
Tensor cumulative_prod(const Tensor& x, std::optional<int64_t> axis = {},
                       std::optional<DType> dtype = {},
                       bool include_initial = false);

// --- Polynomials: the coefficient of the highest power first ---
/// Of the zeros `seq`: a vector of one more.
Tensor poly(const Tensor& seq);
/// The m-th derivative.
Tensor polyder(const Tensor& p, int64_t m = 1);
/// The m-th integral, with the constant `k`, or with one for each integral.
Tensor polyint(const Tensor& p, int64_t m = 1, const Tensor& k = 0.0);

// --- Tensors as matrices of their first `ind` axes and the others ---
Tensor tensorinv(const Tensor& a, int64_t ind = 2);
/// x with tensordot(a, x, b.ndim) = b.
Tensor tensorsolve(const Tensor& a, const Tensor& b);

}  // namespace numest
