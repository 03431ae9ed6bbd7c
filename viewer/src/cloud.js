// What there are very many of, on the GPU: the sites of all arbors and the lines from them to their neurons. Where they
// stand and what they weigh is sent when it changes; which neuron is selected, and in what colours, is told in a few
// numbers. So a selection costs nothing, however many sites there are.
import { BufferAttribute, BufferGeometry, LineSegments, Points, ShaderMaterial } from "three";
import { bare, plain, scaled } from "./shading.js";

// Size of a site in drawing units.
const SIZE = 0.058;
// With more sites than this only those of the selected neuron are joined to it: more lines are a fog.
const MOST_TWIGS = 40000;

const COMMON = /* glsl */ `
attribute float neuron;
attribute float weight; // share of the charge, with its sign
uniform float selected, back;
uniform vec3 excitatory, inhibitory, ink;
varying vec4 shade;
`;

const POINT = /* glsl */ `
${COMMON}
uniform float size, scale;
void main() {
  bool aside = selected >= 0.0 && neuron != selected;
  shade = vec4(weight < 0.0 ? inhibitory : excitatory, (aside ? 0.12 : 0.95 * back) * abs(weight));
  vec4 at = modelViewMatrix * vec4(position, 1.0);
  gl_Position = projectionMatrix * at;
  gl_PointSize = max(1.0, size * scale / -at.z);
}`;

const ROUND = /* glsl */ `
varying vec4 shade;
void main() {
  if (length(gl_PointCoord - 0.5) > 0.5) discard;
  gl_FragColor = shade;
}`;

// Fading towards the neuron, where many meet.
const TWIG = /* glsl */ `
${COMMON}
uniform float faintness;
attribute float outer;
void main() {
  bool own = neuron == selected;
  float line = (own ? 0.9 : selected >= 0.0 ? 0.03 : faintness * back) * abs(weight);
  shade = vec4(ink, line * (own || outer > 0.5 ? 1.0 : 0.25));
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}`;

const FLAT = /* glsl */ `
varying vec4 shade;
void main() {
  gl_FragColor = shade;
}`;

export class Cloud {
  constructor(network, geometry) {
    Object.assign(this, { network, geometry });
    const owners = this.owners();
    this.total = owners.length;
    this.drawn = 0;
    const uniforms = {
      selected: { value: -1 },
      back: { value: 1 },
      size: { value: SIZE },
      scale: { value: 1 },
      faintness: { value: Math.min(0.5, 0.08 + 4 / Math.sqrt(geometry.siteCount)) },
      excitatory: plain(),
      inhibitory: plain(),
      ink: plain(),
    };
    this.uniforms = uniforms;
    const own = (vertexShader, fragmentShader) =>
      new ShaderMaterial({ uniforms, vertexShader, fragmentShader, transparent: true, depthWrite: false });
    this.makePoints(owners, own(POINT, ROUND));
    this.makeTwigs(owners, own(TWIG, FLAT));
  }

  // Of every site that is drawn: [its number, its neuron, its group].
  owners() {
    const owners = [];
    for (const group of this.geometry.groups) {
      if (group.alone) continue;
      for (let s = 0; s < group.count; s++) owners.push([group.first + s, this.geometry.ownerOf(group, s), group]);
    }
    return owners;
  }

  makePoints(owners, material) {
    const { siteCount, sitePosition } = this.geometry;
    this.neuron = new BufferAttribute(new Float32Array(siteCount), 1);
    for (const [site, owner] of owners) this.neuron.array[site] = owner;
    this.weight = new BufferAttribute(new Float32Array(siteCount), 1);
    this.position = new BufferAttribute(sitePosition, 3);
    const geometry = bare(new BufferGeometry())
      .setAttribute("position", this.position)
      .setAttribute("neuron", this.neuron)
      .setAttribute("weight", this.weight)
      // in an order of which any beginning is an even choice
      .setIndex(
        new BufferAttribute(
          evenly(
            owners.length,
            owners.map(([site]) => site),
          ),
          1,
        ),
      );
    this.sites = scaled(new Points(geometry, material));
  }

  // Two ends for each site: at its neuron, then at itself.
  makeTwigs(owners, material) {
    const count = 2 * owners.length;
    const outer = new Float32Array(count);
    this.endNeuron = new BufferAttribute(new Float32Array(count), 1);
    owners.forEach(([, owner], k) => {
      this.endNeuron.array[2 * k] = this.endNeuron.array[2 * k + 1] = owner;
      outer[2 * k + 1] = 1;
    });
    this.ends = new BufferAttribute(new Float32Array(3 * count), 3);
    this.endWeight = new BufferAttribute(new Float32Array(count), 1);
    const geometry = bare(new BufferGeometry())
      .setAttribute("position", this.ends)
      .setAttribute("neuron", this.endNeuron)
      .setAttribute("outer", new BufferAttribute(outer, 1))
      .setAttribute("weight", this.endWeight);
    this.twigs = new LineSegments(geometry, material);
    this.twigs.frustumCulled = false;
    this.owned = owners;
    if (this.few) this.chooseTwigs(-1);
  }

  // Whether there are too many sites to join all of them to their neurons.
  get few() {
    return this.total > MOST_TWIGS;
  }

  chooseTwigs(neuron) {
    if (neuron === this.twigsOf) return;
    this.twigsOf = neuron;
    const ends = [];
    if (neuron >= 0) this.owned.forEach(([, owner], k) => owner === neuron && ends.push(2 * k, 2 * k + 1));
    this.twigs.geometry.setIndex(new BufferAttribute(Uint32Array.from(ends), 1));
  }

  // After sites, neurons or charges changed.
  move() {
    const { geometry, ends } = this;
    const { neuronPosition: inner, sitePosition: outer } = geometry;
    const charges = new Map(geometry.groups.map((group) => [group, geometry.chargesOf(group)]));
    this.owned.forEach((owned, k) => {
      const [site, , group] = owned,
        s = site - group.first;
      if (group.shared) this.assign(owned, k, geometry.ownerOf(group, s));
      const neuron = owned[1];
      const own = charges.get(group);
      const share = (own !== null && own[s] < 0 ? -1 : 1) * (0.15 + 0.85 * group.shares[s]);
      this.weight.array[site] = this.endWeight.array[2 * k] = this.endWeight.array[2 * k + 1] = share;
      for (let x = 0; x < 3; x++) {
        ends.array[6 * k + x] = inner[3 * neuron + x];
        ends.array[6 * k + 3 + x] = outer[3 * site + x];
      }
    });
    for (const changed of [this.position, this.weight, ends, this.endWeight]) changed.needsUpdate = true;
  }

  // An arbor of a map is that of another neuron.
  assign(owned, k, neuron) {
    owned[1] = this.neuron.array[owned[0]] = neuron;
    this.endNeuron.array[2 * k] = this.endNeuron.array[2 * k + 1] = neuron;
    this.neuron.needsUpdate = this.endNeuron.needsUpdate = true;
  }

  // back: how far all that stands still steps back, 1: not at all.
  draw({ visible, selected, colors, back }) {
    this.sites.visible = this.twigs.visible = visible;
    this.drawn = visible ? this.total : 0;
    const { uniforms } = this;
    uniforms.selected.value = selected;
    uniforms.back.value = back;
    for (const name of ["excitatory", "inhibitory", "ink"]) uniforms[name].value = plain(colors[name]).value;
    if (this.few) this.chooseTwigs(visible ? selected : -1);
  }

  // Draws a share of the sites, evenly chosen.
  thin(share) {
    this.sites.geometry.setDrawRange(0, Math.ceil(share * this.total));
  }
}

// The numbers 0 to count - 1, or what stands for them, in an order any beginning of which is spread over all of them: by
// steps of the golden section, as near to it as has no common divisor with count.
export function evenly(count, values = null) {
  const common = (a, b) => (b === 0 ? a : common(b, a % b));
  let step = Math.max(1, Math.round(count * 0.618034));
  while (common(step, count) > 1) step++;
  const order = new Uint32Array(count);
  for (let k = 0, at = 0; k < count; k++, at = (at + step) % count) order[k] = values === null ? at : values[at];
  return order;
}
