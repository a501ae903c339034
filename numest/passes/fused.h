// The op `fused`: a group of elementwise ops as one node. Made by the pass
// fuse_elementwise, after all transforms; never written by users.
#pragma once

#include <memory>
#include <vector>

#include "numest/passes/tile_program.h"

namespace numest {

const OpDef& fused_op();

/// Makes a fused node: `body` takes `inputs` and gives the outputs.
std::vector<Tensor> make_fused(std::shared_ptr<const Graph> body,
                               std::vector<Tensor> inputs);

/// The program of a fused node's attributes.
const TileProgram& fused_program(const Attrs& attrs);

}  // namespace numest
