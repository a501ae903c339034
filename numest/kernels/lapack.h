// Factorizations of row-major matrices by LAPACK, on one thread. Arguments
// that are named as results are written; extents may be 0.
#pragma once

#include <complex>
#include <cstdint>

namespace numest::kernels {

template <class T>
struct RealOf {
  using type = T;
};
template <class T>
struct RealOf<std::complex<T>> {
  using type = T;
};
/// The type of a number's absolute value.
template <class T>
using Real = typename RealOf<T>::type;

// T is float, double or a complex of these, where transposes are conjugated.
// Functions that return bool give false where LAPACK
// found no answer: a pivot of zero, a matrix that is not positive definite,
// an iteration that did not converge.

/// Replaces `a` (n, n) by its inverse.
template <class T>
bool inverse(T* a, int64_t n);

/// Replaces `b` (n, k) by the solution of a x = b; `a` (n, n) is destroyed.
template <class T>
bool solve(T* a, T* b, int64_t n, int64_t k);

/// Replaces `a` (n, n), of which the lower triangle is read, by the lower
/// triangular l with l l^T = a.
template <class T>
bool cholesky(T* a, int64_t n);

/// Sign or phase (0 if singular) and logarithm of the absolute value of the
/// determinant; `a` (n, n) is destroyed.
template <class T>
void slogdet(T* a, int64_t n, T* sign, Real<T>* logabsdet);

/// Eigenvalues `w`, ascending, of a symmetric matrix of which the lower
/// triangle is read; `a` (n, n) is replaced by the eigenvectors, as columns.
template <class T>
bool eigh(T* a, int64_t n, Real<T>* w);

/// Eigenvalues `w` (n), in no order, of any matrix, and, unless it is null, the
/// eigenvectors `v` (n, n) of norm 1, as columns; `a` (n, n) is destroyed.
/// LAPACK would not end on numbers that are not finite.
template <class T>
bool eig(T* a, int64_t n, std::complex<Real<T>>* w, std::complex<Real<T>>* v);

/// a = u diag(s) vh, s descending; k = min(m, n); `a` (m, n) is destroyed.
/// u is (m, k) and vh (k, n), or (m, m) and (n, n) if `full_matrices`.
template <class T>
bool svd(T* a, int64_t m, int64_t n, bool full_matrices, T* u, Real<T>* s,
         T* vh);

/// a = q r with q (m, k) of orthonormal columns and r (k, n) upper
/// triangular, k = min(m, n), or m if `complete`; `a` (m, n) is destroyed.
template <class T>
void qr(T* a, int64_t m, int64_t n, bool complete, T* q, T* r);

}  // namespace numest::kernels
