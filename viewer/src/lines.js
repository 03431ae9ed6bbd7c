// Everything made of lines and points: connections, arbors (sites and what joins them to their neuron), frames of planes.
import { BufferAttribute, BufferGeometry, LineBasicMaterial, LineSegments, Points, PointsMaterial } from "three";
import { LineMaterial } from "three/addons/lines/LineMaterial.js";
import { LineSegments2 } from "three/addons/lines/LineSegments2.js";
import { LineSegmentsGeometry } from "three/addons/lines/LineSegmentsGeometry.js";

// A buffer of line segments (or points), each end with a colour and an opacity, filled anew at each drawing.
class Strokes {
  constructor(most, ends, make) {
    this.ends = ends;
    this.position = new BufferAttribute(new Float32Array(most * ends * 3), 3);
    this.color = new BufferAttribute(new Float32Array(most * ends * 4), 4);
    const geometry = new BufferGeometry().setAttribute("position", this.position).setAttribute("color", this.color);
    this.object = make(geometry);
    this.object.frustumCulled = false;
    this.begin();
  }

  begin() {
    this.used = 0;
  }

  vertex(from, at, color, opacity) {
    this.position.array.set([from[3 * at], from[3 * at + 1], from[3 * at + 2]], 3 * this.used);
    this.color.array.set([color.r, color.g, color.b, opacity], 4 * this.used);
    this.used++;
  }

  end() {
    this.object.geometry.setDrawRange(0, this.used);
    this.position.needsUpdate = this.color.needsUpdate = true;
  }

  get count() {
    return this.used / this.ends;
  }
}

const seeThrough = { vertexColors: true, transparent: true, depthWrite: false };

export function segments(most) {
  return new Strokes(most, 2, (geometry) => new LineSegments(geometry, new LineBasicMaterial(seeThrough)));
}

// Round points of a size in drawing units.
export function dots(most, size) {
  const material = new PointsMaterial({ ...seeThrough, size });
  material.onBeforeCompile = (shader) => {
    shader.fragmentShader = shader.fragmentShader.replace(
      "#include <clipping_planes_fragment>",
      "#include <clipping_planes_fragment>\n  if (length(gl_PointCoord - 0.5) > 0.5) discard;",
    );
  };
  return new Strokes(most, 1, (geometry) => new Points(geometry, material));
}

// Lines of some pixels' width, for the few connections of the selected neuron. WebGL's own lines are one pixel wide.
export class ThickLines {
  constructor(width) {
    this.object = new LineSegments2(
      new LineSegmentsGeometry(),
      new LineMaterial({ vertexColors: true, linewidth: width, transparent: true }),
    );
    this.object.frustumCulled = false;
    this.begin();
  }

  begin() {
    this.positions = [];
    this.colors = [];
  }

  // From one point to another; points are [array, index].
  segment([from, a], [to, b], color) {
    this.positions.push(...from.subarray(3 * a, 3 * a + 3), ...to.subarray(3 * b, 3 * b + 3));
    this.colors.push(color.r, color.g, color.b, color.r, color.g, color.b);
  }

  end() {
    this.object.visible = this.positions.length > 0;
    if (!this.object.visible) return;
    // a geometry keeps the room it was first given, so a new number of lines needs a new one
    this.object.geometry.dispose();
    this.object.geometry = new LineSegmentsGeometry().setPositions(this.positions).setColors(this.colors);
  }

  get count() {
    return this.positions.length / 6;
  }
}
