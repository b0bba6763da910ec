// One WebTorrent client of one torrent: webtorrent_peer.mjs NODE_MODULES TORRENT|MAGNET DIR ADDRESS:PORT [PEER_PORT]
//
// Prints `ready` once it listens and knows what it has, or, of a magnet link, that it has to ask for the metadata. Dials
// 127.0.0.1:PEER_PORT if one is given. Runs until killed. Discovery is off but for the torrent's trackers, plain TCP without
// encryption.

import { register } from 'node:module'
import { pathToFileURL } from 'node:url'

// WebRTC needs a native module that has to be built with CMake. Nobody here speaks it: without it, WebTorrent runs over TCP.
const names = ['RTCPeerConnection', 'RTCSessionDescription', 'RTCIceCandidate', 'RTCDataChannel', 'MediaStream']
const noWebRTC = names.map(name => `export const ${name} = undefined;`).join('') + 'export default {}'
register('data:text/javascript,' + encodeURIComponent(`
  export const resolve = (name, context, next) => name === 'webrtc-polyfill'
    ? { url: ${JSON.stringify('data:text/javascript,' + encodeURIComponent(noWebRTC))}, shortCircuit: true }
    : next(name, context)
`))

const [modules, torrent, folder, listen, peer] = process.argv.slice(2)
const { default: WebTorrent } = await import(pathToFileURL(`${modules}/webtorrent/index.js`))
const [address, port] = listen.split(':')

const client = new WebTorrent({
  torrentPort: Number(port),
  dht: false,
  lsd: false,
  utPex: false,
  utp: false,
  natUpnp: false,
  natPmp: false,
  secure: 0
})
client.on('error', error => { console.log('error', error); process.exit(1) })
const added = client.add(torrent, { path: folder })
added.on('infoHash', () => { if (peer) added.addPeer(`127.0.0.1:${peer}`) })
added.on('wire', (wire, at) => console.log('peer', at))
added.on('warning', warning => console.log('warning', warning))
const isReady = torrent.startsWith('magnet:') ? 'infoHash' : 'ready'
added.on(isReady, () => client.listening ? console.log('ready') : client.on('listening', () => console.log('ready')))
added.on('done', () => console.log('complete'))
