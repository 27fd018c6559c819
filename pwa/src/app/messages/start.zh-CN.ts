/** Why the app does not begin on a device that keeps nothing. */
export default {
  start: {
    forbidden: { title: '浏览器不让真架保存东西', todo: '请换成普通窗口（不要无痕），或在浏览器设置里允许本站保存数据，再打开。' },
    'other-window': { title: '旧版真架还在别的窗口开着', todo: '请关掉其他真架窗口，再打开。' },
    newer: { title: '这台手机已有更新的真架', todo: '请关掉所有真架窗口，再打开一次。' },
    full: { title: '手机存不下了', todo: '请清理一些空间，再打开。' },
    broken: { title: '这台手机的存储出错了', todo: '请重新打开；还不行就重启手机，再找店长。' },
    nothingLost: '在这里做的会丢，所以先不能做。以前存下的都还在。',
    again: '再打开',
  },
}
