import { openPage } from "./support.tmp.ts";
const { run, close, page } = await openPage(["--mse-video-buffer-size-limit-mb=1"]) as any;
const VP9 = "video/webm;codecs=vp9,opus";
try {
    await run("record", [
      { name: "camera", mime: VP9, ms: 3000, picture: "camera" },
      { name: "mp4", mime: "video/mp4;codecs=vp9,opus", ms: 3000, picture: "camera" },
      { name: "voice", mime: "audio/webm;codecs=opus", ms: 3000 },
      { name: "still", mime: VP9, ms: 3000, picture: "still" },
    { name: "large", mime: VP9, ms: 4000, picture: "noise", bitsPerSecond: 12_000_000, keyFrameMs: 500 }
    ]);
  for (const n of ["voice","still"]) { const t=await run("take",n); (await import("node:fs")).writeFileSync("/tmp/w/pb/load-"+n, Buffer.from(t.base64,"base64")); }
  for (let i=0;i<2;i++) {
   const plays = ["camera","mp4","voice","still"].map((n)=>Promise.race([run("play", n, { chunkBytes: 8 * 1024, gateAfter: -1 }).then((r:any)=>n+" "+JSON.stringify(r)), new Promise(r=>setTimeout(r,15000,n+" HANG"))]));
   await new Promise(r=>setTimeout(r,12000));
   console.log(await page.evaluate(()=>JSON.stringify([document.visibilityState, ...[...document.querySelectorAll("video,audio")].map((e:any)=>[e.tagName,e.readyState,e.networkState,e.paused,e.currentTime,e.buffered.length&&e.buffered.end(0),e.error&&e.error.message,e.src.length])])));
   for (const p of plays) console.log(String(await p).slice(0,200));
  }
} finally { await close(); }
