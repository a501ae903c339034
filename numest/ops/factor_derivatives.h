// Derivatives of factorizations, of real and of complex matrices.
#pragma once

#include <vector>

#include "numest/graph/op_def.h"

namespace numest {

std::vector<Tensor> inv_vjp(const VjpContext& c);
std::vector<Tensor> solve_vjp(const VjpContext& c);
std::vector<Tensor> cholesky_vjp(const VjpContext& c);
std::vector<Tensor> slogdet_vjp(const VjpContext& c);
std::vector<Tensor> eigh_vjp(const VjpContext& c);
std::vector<Tensor> eigvals_vjp(const VjpContext& c);
std::vector<Tensor> eig_vjp(const VjpContext& c);
std::vector<Tensor> svd_vjp(const VjpContext& c);
std::vector<Tensor> qr_vjp(const VjpContext& c);

}  // namespace numest
