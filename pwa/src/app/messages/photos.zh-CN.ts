/** What the screen says about photos, in Chinese. */
export default {
  photos: {
    take: '拍照',
    takeMore: '再拍一张',
    shutter: '按下快门',
    camera: '取景画面',
    fromPhone: '用手机相机',
    enough: '够了，已有 {n} 张',
    remove: '删掉这张照片',
    keeping: '正在存好…',
    photo: '照片',
    again: '重拍',
    full: '手机存不下了，照片没有留下：清理一些空间再拍',
    notAPicture: '这不是能用的照片，换一张试试',
    state: { waiting: '等待上传', sending: '已上传 {n}%', kept: '已存好', refused: '没收下', awaited: '还没上传', removed: '已过保存期' },
    problem: '服务器没收下，请重拍',
    queue: { one: '{n} 张照片待上传', refused: '{n} 张照片要重拍' },
  },
}
