// The neurons of a large network, as points: flat, but each with its shape and its colour. Disc = excitatory, diamond =
// inhibitory, square = output. For networks of which a mesh for each neuron would be too much.
import { BufferAttribute, BufferGeometry, Group, Points, ShaderMaterial } from "three";
import { evenly } from "./cloud.js";
import { channelsOf } from "./picture.js";
import { bare, plain, scaled } from "./shading.js";

const PLACES = /* glsl */ `
attribute float kind, radius, activity, member;
uniform float lit, selected, scale;
uniform vec3 background, kinds[6];
varying vec3 shade;
varying float form;
void main() {
  bool own = member > 1.5;
  float level = lit > 0.5 ? 0.32 + 0.68 * activity : 0.92;
  if (selected >= 0.0) level = own ? 1.0 : member > 0.5 ? max(level, 0.7) : level * 0.45;
  shade = mix(background, kinds[int(kind)], level);
  form = kind;
  vec4 at = modelViewMatrix * vec4(position, 1.0);
  gl_Position = projectionMatrix * at;
  float size = 2.0 * radius * (lit > 0.5 ? 0.65 + 0.85 * activity : 1.0) * (own ? 2.0 : 1.0);
  gl_PointSize = max(2.0, size * scale * projectionMatrix[1][1] / -at.z);
}`;

// A darker rim keeps neighbours apart.
const FORMS = /* glsl */ `
uniform vec3 background;
varying vec3 shade;
varying float form;
void main() {
  vec2 p = abs(2.0 * gl_PointCoord - 1.0);
  float r = form < 0.5 ? p.x + p.y : form < 1.5 ? max(p.x, p.y) : length(p);
  if (r > 1.0) discard;
  gl_FragColor = vec4(mix(shade, background, 0.55 * smoothstep(0.65, 1.0, r)), 1.0);
}`;

// Radii in drawing units: neurons of a large layer stand close.
const SMALLEST = 0.006,
  LARGEST = 0.06;

export class NeuronPoints {
  constructor(network, geometry, signs) {
    Object.assign(this, { network, signs });
    this.count = network.neurons;
    const numbers = (size = 1) => new BufferAttribute(new Float32Array(size * this.count), 1);
    Object.assign(this, { kind: numbers(), radius: numbers(), activity: numbers(), member: numbers() });
    this.uniforms = {
      lit: { value: 0 },
      selected: { value: -1 },
      scale: { value: 1 },
      background: plain(),
      kinds: { value: Array.from({ length: 6 }, () => plain().value) },
    };
    this.position = new BufferAttribute(geometry.neuronPosition, 3);
    const shape = bare(new BufferGeometry()).setAttribute("position", this.position);
    for (const name of ["kind", "radius", "activity", "member"]) shape.setAttribute(name, this[name]);
    shape.setIndex(new BufferAttribute(evenly(this.count), 1));
    const material = new ShaderMaterial({ uniforms: this.uniforms, vertexShader: PLACES, fragmentShader: FORMS });
    this.points = scaled(new Points(shape, material));
    this.group = new Group();
    this.group.add(this.points);
    network.sizes.forEach((size, layer) => {
      const own = Math.max(SMALLEST, Math.min(LARGEST, 0.7 / Math.sqrt(size)));
      this.radius.array.fill(own, network.offsets[layer], network.offsets[layer + 1]);
    });
    this.near = [];
    this.assign(signs);
  }

  // Which colour and shape each neuron has: 0 inhibitory, 1 output, 2 excitatory, then red, green and blue inputs.
  assign(signs) {
    this.signs = signs;
    const { payload, sizes } = this.network;
    for (let i = 0; i < this.count; i++) this.kind.array[i] = signs[i] + 1;
    if (channelsOf(payload) === 3)
      for (let i = 0; i < sizes[0]; i++)
        this.kind.array[i] = 3 + ((payload.inputs === null ? i : payload.inputs[i]) % 3);
    this.kind.needsUpdate = true;
  }

  move() {
    this.position.needsUpdate = true;
  }

  // activity: 0..1 for each neuron or null; members: those of the selected neuron's circle, or null.
  draw({ activity, selected, members, colors }) {
    const { uniforms, member } = this;
    if (activity !== null) {
      this.activity.array.set(activity);
      this.activity.needsUpdate = true;
    }
    for (const i of this.near) member.array[i] = 0;
    this.near = members === null ? [] : [...members];
    for (const i of this.near) member.array[i] = i === selected ? 2 : 1;
    member.needsUpdate = true;
    uniforms.lit.value = activity === null ? 0 : 1;
    uniforms.selected.value = selected;
    uniforms.background.value = plain(colors.background).value;
    const { inhibitory, output, excitatory, red, green, blue } = colors;
    uniforms.kinds.value = [inhibitory, output, excitatory, red, green, blue].map((color) => plain(color).value);
  }

  // Draws a share of them, evenly chosen.
  thin(share) {
    this.points.geometry.setDrawRange(0, Math.ceil(share * this.count));
  }
}
