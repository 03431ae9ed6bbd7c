// The neurons: one instanced mesh for each shape, so that thousands cost three draw calls. Shape and colour say the same
// thing twice: ball = excitatory, octahedron = inhibitory, cube = output.
import {
  BoxGeometry,
  Color,
  Group,
  IcosahedronGeometry,
  InstancedMesh,
  Matrix4,
  MeshLambertMaterial,
  OctahedronGeometry,
} from "three";
import { mix } from "./colors.js";
import { channelsOf } from "./picture.js";

const SHAPES = [
  // many balls are small ones, and need fewer faces
  { sign: 1, geometry: (count) => new IcosahedronGeometry(1, count > 300 ? 1 : 2) },
  { sign: -1, geometry: () => new OctahedronGeometry(1.3) },
  { sign: 0, geometry: () => new BoxGeometry(1.6, 1.6, 1.6) },
];

// How strongly a neuron's colour stands out from the background.
const IDLE = 0.92,
  SILENT = 0.32;
// Beside a selected neuron: its partners at least, all others at most.
const PARTNER = 0.7,
  ASIDE = 0.45;

export class Neurons {
  constructor(network, geometry, signs) {
    Object.assign(this, { network });
    this.tinted = channelsOf(network.payload) === 3;
    this.group = new Group();
    // a sign may change over the training, so each shape has room for all
    const count = network.neurons;
    this.meshes = SHAPES.map(({ sign, geometry }) => {
      const mesh = new InstancedMesh(geometry(count), new MeshLambertMaterial(), Math.max(1, count));
      mesh.frustumCulled = false;
      this.group.add(mesh);
      return { sign, mesh };
    });
    this.assign(signs);
    this.radii = network.sizes.map((size, layer) => radius(geometry.neuronPosition, network.offsets[layer], size));
    this.count = count;
  }

  // Gives each neuron the shape of its sign.
  assign(signs) {
    this.signs = signs;
    this.slots = new Array(this.network.neurons).fill(null);
    for (const { sign, mesh } of this.meshes) {
      mesh.count = 0;
      for (let i = 0; i < this.network.neurons; i++)
        if (signs[i] === sign) this.slots[i] = { mesh, index: mesh.count++ };
    }
  }

  // positions [neurons, 3]; activity: 0..1 for each neuron or null; members: of the selected neuron's circle, or null.
  draw({ positions, activity, selected, members, colors }) {
    const matrix = new Matrix4(),
      color = new Color();
    for (let layer = 0; layer < this.network.sizes.length; layer++)
      for (let i = this.network.offsets[layer]; i < this.network.offsets[layer + 1]; i++) {
        const slot = this.slots[i];
        const active = activity === null ? 0 : activity[i];
        const size = this.radii[layer] * (activity === null ? 1 : 0.65 + 0.85 * active) * (i === selected ? 1.5 : 1);
        matrix.makeScale(size, size, size).setPosition(positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]);
        slot.mesh.setMatrixAt(slot.index, matrix);
        let level = activity === null ? IDLE : SILENT + (1 - SILENT) * active;
        if (members !== null) level = members.has(i) ? Math.max(level, PARTNER) : level * ASIDE;
        mix(color, colors.background, this.colorOf(i, colors), i === selected ? 1 : level);
        slot.mesh.setColorAt(slot.index, color);
      }
    for (const mesh of this.group.children) {
      mesh.instanceMatrix.needsUpdate = true;
      if (mesh.instanceColor !== null) mesh.instanceColor.needsUpdate = true;
    }
  }

  // Places and numbers of neurons are few enough to be sent anew at each drawing.
  move() {}
  thin() {}

  // Inputs of red, green and blue are drawn as such.
  colorOf(neuron, colors) {
    if (this.tinted && neuron < this.network.sizes[0]) {
      const { inputs } = this.network.payload;
      return [colors.red, colors.green, colors.blue][(inputs === null ? neuron : inputs[neuron]) % 3];
    }
    return [colors.inhibitory, colors.output, colors.excitatory][this.signs[neuron] + 1];
  }
}

// Of the neurons of a layer: small enough that they do not hide each other where they stand close.
function radius(positions, first, size) {
  let squares = 0;
  for (const x of [1, 2]) {
    let sum = 0,
      square = 0;
    for (let i = first; i < first + size; i++) {
      sum += positions[3 * i + x];
      square += positions[3 * i + x] ** 2;
    }
    squares += square / size - (sum / size) ** 2;
  }
  return Math.max(0.014, Math.min(0.06, (1.1 * Math.sqrt(Math.max(0, squares))) / Math.sqrt(size)));
}
