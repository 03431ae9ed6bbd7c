// What our own shaders share. Colours enter as they are seen (sRGB) and leave so: mixtures look even, and nothing is
// converted on the way.
import { Sphere, SRGBColorSpace, Vector2, Vector3 } from "three";

const seen = { r: 0, g: 0, b: 0 };

// A uniform with a colour's red, green and blue.
export function plain(color = null) {
  if (color !== null) color.getRGB(seen, SRGBColorSpace);
  return { value: color === null ? new Vector3() : new Vector3(seen.r, seen.g, seen.b) };
}

// Around all that is ever drawn: finding out where points end would take a walk through all of them.
export function bare(geometry) {
  geometry.boundingSphere = new Sphere(new Vector3(), 100);
  return geometry;
}

// Tells the shader of points how many pixels a drawing unit takes at distance 1, as PointsMaterial does.
export function scaled(points) {
  const size = new Vector2();
  points.frustumCulled = false;
  points.onBeforeRender = (renderer) => {
    points.material.uniforms.scale.value = 0.5 * renderer.getDrawingBufferSize(size).y;
    points.material.uniformsNeedUpdate = true;
  };
  return points;
}
