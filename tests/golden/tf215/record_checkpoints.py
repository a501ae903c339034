"""Records 4_checkpoints/{partitioned,sharded} with TensorFlow 2.15.1.

Run in this folder: python record_checkpoints.py
"""
import json
import os
import zlib

import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
FOLDER = '4_checkpoints'


def describe(prefix):
    reader = tf.train.load_checkpoint(prefix)
    tensors = []
    for name, shape in sorted(reader.get_variable_to_shape_map().items()):
        value = reader.get_tensor(name)
        entry = {'name': name, 'shape': shape,
                 'dtype': reader.get_variable_to_dtype_map()[name].name}
        if entry['dtype'] != 'string':
            entry['crc32'] = '%08x' % zlib.crc32(value.tobytes())
        tensors.append(entry)
    return tensors


def make(name, value, parts, axis):
    def initializer(shape, dtype, partition_info):
        at = partition_info.var_offset
        return tf.constant(value[tuple(slice(b, b + n)
                                       for b, n in zip(at, shape))])
    v1.get_variable(name, value.shape, value.dtype, initializer=initializer,
                    partitioner=v1.fixed_size_partitioner(parts, axis=axis))


def partitioned():
    with tf.Graph().as_default(), v1.Session() as session:
        rows = np.arange(5 * 3, dtype=np.float32).reshape(5, 3)
        make('rows', rows, 2, 0)
        columns = np.arange(2 * 400, dtype=np.int64).reshape(2, 400)
        make('columns', columns, 3, 1)
        tall = np.arange(20000, dtype=np.int16).reshape(20000, 1)
        make('tall', tall, 3, 0)
        v1.get_variable('whole', initializer=1.5)
        session.run(v1.global_variables_initializer())
        return v1.train.Saver(write_version=2).save(
            session, os.path.join(FOLDER, 'partitioned', 'bundle'),
            write_meta_graph=False, write_state=False)


def sharded():
    config = v1.ConfigProto(device_count={'CPU': 3})
    with tf.Graph().as_default(), v1.Session(config=config) as session:
        for i in range(3):
            with tf.device('/cpu:%d' % i):
                v1.get_variable('v%d' % i, use_resource=True,
                                initializer=np.full([i + 1], i, np.float64))
        session.run(v1.global_variables_initializer())
        return v1.train.Saver(sharded=True).save(
            session, os.path.join(FOLDER, 'sharded', 'bundle'),
            write_meta_graph=False, write_state=False)


if __name__ == '__main__':
    listing = {}
    for build in (partitioned, sharded):
        os.makedirs(os.path.join(FOLDER, build.__name__), exist_ok=True)
        listing[build.__name__] = {'tensors': describe(build())}
    with open(os.path.join(FOLDER, 'more.json'), 'w') as file:
        json.dump(listing, file, indent=1)
