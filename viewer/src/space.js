// The window into space: renderer, camera, and finding the neuron under a pointer. Nothing is rendered unless something
// changed.
import { DirectionalLight, HemisphereLight, Matrix4, PerspectiveCamera, Scene, Vector3, WebGLRenderer } from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";

// How near, in pixels, a pointer has to be to a neuron.
const REACH = 16;
// Frames that take longer, in ms, are slow; and the least share of the points that is drawn then.
const SLOW_MS = 50,
  LEAST_DETAIL = 1 / 16;

// Room that an element takes, or none.
const tallness = (element) => element?.offsetHeight ?? 0;

export class Space {
  // Throws where there is no WebGL.
  constructor(canvas, onRender) {
    this.canvas = canvas;
    this.onRender = onRender;
    this.renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true });
    this.renderer.setClearColor(0x000000, 0);
    this.camera = new PerspectiveCamera(30, 1, 0.05, 200);
    this.scene = new Scene();
    const lamp = new DirectionalLight(0xffffff, 1.4);
    lamp.position.set(-2, 3, 4);
    this.scene.add(new HemisphereLight(0xffffff, 0xb0b0b0, 2.2), lamp);
    this.controls = new OrbitControls(this.camera, canvas);
    this.controls.addEventListener("change", () => this.invalidate());
    // whoever moved the camera wants it left there when the window changes
    this.controls.addEventListener("start", () => {
      this.fitted = false;
      this.turning = true;
    });
    this.controls.addEventListener("end", () => {
      this.turning = false;
      this.setDetail(1);
      this.viewed();
    });
    // called when the camera stands elsewhere
    this.onView = [];
    // told what share of the points is to be drawn
    this.onDetail = () => {};
    this.detail = 1;
    // on a phone, a vertical swipe scrolls the page and a horizontal one turns the network
    canvas.style.touchAction = "pan-y";
    new ResizeObserver(() => this.resize()).observe(canvas.parentElement);
    this.renders = 0;
    // room for labels, in pixels; beyond what stands above and below the network
    this.margins = { left: 16, right: 64, top: 20, bottom: 34 };
    this.above = this.below = null;
  }

  // half: half the sides of the box to be seen, around the origin.
  lookAt(half) {
    this.half = half;
    this.fitted = true;
    this.resize();
    this.viewed();
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas.parentElement;
    if (width === 0 || height === 0) return;
    this.renderer.setPixelRatio(Math.min(2, window.devicePixelRatio));
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
    if (this.fitted) this.fit();
    this.invalidate();
  }

  // Puts the camera where the whole network just fits, seen from the front left, so that the input reads as a picture.
  // In a narrow window the layers stand more one behind the other.
  fit() {
    const narrow = this.camera.aspect < 1;
    const back = new Vector3(...(narrow ? [-0.8, 0.5, 0.9] : [-0.85, 0.33, 1])).normalize();
    const right = new Vector3(0, 1, 0).cross(back).normalize(),
      up = back.clone().cross(right);
    const tall = Math.tan((this.camera.fov * Math.PI) / 360),
      wide = tall * this.camera.aspect;
    const corners = Array.from(
      { length: 8 },
      (_, c) => new Vector3(...[0, 1, 2].map((x) => this.half[x] * ((c >> x) & 1 ? 1 : -1))),
    );
    const target = new Vector3();
    let distance = 10;
    // perspective makes this implicit: what is nearer takes more room. A few rounds settle it.
    for (let round = 0; round < 12; round++) {
      const seen = corners.map((corner) => {
        const at = corner.clone().sub(target);
        const depth = distance - at.dot(back);
        return [at.dot(right) / (depth * wide), at.dot(up) / (depth * tall)];
      });
      const [x, y] = [0, 1].map((k) => [Math.min(...seen.map((s) => s[k])), Math.max(...seen.map((s) => s[k]))]);
      const { left, right: rightEdge } = this.margins;
      const [top, bottom] = [this.margins.top + tallness(this.above), this.margins.bottom + tallness(this.below)];
      const [midX, midY] = [(left - rightEdge) / this.canvas.clientWidth, (bottom - top) / this.canvas.clientHeight];
      const roomX = 2 - (2 * (left + rightEdge)) / this.canvas.clientWidth,
        roomY = 2 - (2 * (top + bottom)) / this.canvas.clientHeight;
      target.addScaledVector(right, ((x[0] + x[1]) / 2 - midX) * distance * wide);
      target.addScaledVector(up, ((y[0] + y[1]) / 2 - midY) * distance * tall);
      distance *= Math.max((x[1] - x[0]) / roomX, (y[1] - y[0]) / roomY);
    }
    this.controls.target.copy(target);
    this.camera.position.copy(target).addScaledVector(back, distance);
    this.controls.update();
  }

  viewed() {
    for (const tell of this.onView) tell();
  }

  // Where the camera stands and what it looks at: six numbers.
  view() {
    return [...this.camera.position.toArray(), ...this.controls.target.toArray()];
  }

  stand(view) {
    this.fitted = false;
    this.camera.position.fromArray(view);
    this.controls.target.fromArray(view, 3);
    this.controls.update();
    this.invalidate();
  }

  // Looks at the middle of the layer at x, from the same side and distance.
  lookTo(x) {
    const aside = x - this.controls.target.x;
    const [px, py, pz] = this.camera.position.toArray();
    this.stand([px + aside, py, pz, x, 0, 0]);
  }

  turn(left, up, nearer) {
    const offset = this.camera.position.clone().sub(this.controls.target);
    const distance = offset.length() * nearer;
    offset.applyAxisAngle(new Vector3(0, 1, 0), left);
    offset.y += up * offset.length();
    this.camera.position.copy(this.controls.target).add(offset.setLength(distance));
    this.fitted = false;
    this.controls.update();
    this.invalidate();
    this.viewed();
  }

  // Gives the graphics card back.
  close() {
    cancelAnimationFrame(this.pending);
    this.controls.dispose();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
  }

  invalidate() {
    if (this.pending) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = 0;
      const begun = performance.now();
      // the next frame comes when the graphics card is through with this one
      if (this.turning) requestAnimationFrame(() => this.pace(performance.now() - begun));
      this.render();
    });
  }

  // While it is turned by hand, fewer points are drawn where frames take long: two slow ones halve them.
  pace(ms) {
    this.slow = ms > SLOW_MS ? (this.slow ?? 0) + 1 : 0;
    if (this.slow < 2 || !this.turning || this.detail <= LEAST_DETAIL) return;
    this.slow = 0;
    this.setDetail(this.detail / 2);
  }

  setDetail(detail) {
    if (detail === this.detail) return;
    this.detail = detail;
    this.onDetail(detail);
    this.invalidate();
  }

  render() {
    this.renderer.render(this.scene, this.camera);
    this.renders++;
    this.onRender();
  }

  // Where a point is seen: {x, y} in pixels of the canvas, depth; null behind the camera.
  project(positions, i) {
    const at = new Vector3(positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]);
    this.camera.updateMatrixWorld();
    at.project(this.camera);
    if (at.z > 1) return null;
    const { clientWidth, clientHeight } = this.canvas;
    return { x: ((at.x + 1) / 2) * clientWidth, y: ((1 - at.y) / 2) * clientHeight, depth: at.z };
  }

  // The neuron at a point of the canvas, or -1. By distance on the screen rather than by the mesh that a ray hits: small
  // things have to be caught by a finger too. Of two as near, the one in front.
  neuronAt(x, y, positions) {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    this.camera.updateMatrixWorld();
    const { projectionMatrix, matrixWorldInverse } = this.camera;
    const m = new Matrix4().multiplyMatrices(projectionMatrix, matrixWorldInverse).elements;
    let best = -1,
      least = Infinity;
    // as project() does it, without an object for each of what may be 100,000 neurons
    for (let i = 0; 3 * i < positions.length; i++) {
      const [px, py, pz] = [positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]];
      const w = m[3] * px + m[7] * py + m[11] * pz + m[15];
      const depth = (m[2] * px + m[6] * py + m[10] * pz + m[14]) / w;
      if (w <= 0 || depth > 1) continue;
      const offX = (((m[0] * px + m[4] * py + m[8] * pz + m[12]) / w + 1) / 2) * width - x,
        offY = ((1 - (m[1] * px + m[5] * py + m[9] * pz + m[13]) / w) / 2) * height - y;
      const off = offX ** 2 + offY ** 2,
        score = off + 2000 * depth;
      if (off < REACH * REACH && score < least) [best, least] = [i, score];
    }
    return best;
  }
}
