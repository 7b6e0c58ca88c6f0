// Leaves a page at once: by the button, by Escape, or by Shift pressed three times. The page goes blank first,
// and its place in the list of visited pages is taken by the next one. Without scripts the button is a link.
(function () {
  const links = document.querySelectorAll('[data-leave]')
  let shifts = 0
  let last = 0

  function forget () {
    for (const form of document.querySelectorAll('form[data-forget]')) form.reset()
  }

  function leave () {
    forget()
    document.title = ' '
    document.documentElement.hidden = true
    window.location.replace(links[0].getAttribute('data-leave'))
  }

  if (!links.length) return
  for (const link of links) {
    link.addEventListener('click', function (event) {
      event.preventDefault()
      leave()
    })
  }
  document.addEventListener('keydown', function (event) {
    if (event.key === 'Escape') return leave()
    if (event.key !== 'Shift') {
      shifts = 0
    } else if (!event.repeat) {
      shifts = event.timeStamp - last < 5000 ? shifts + 1 : 1
      last = event.timeStamp
      if (shifts === 3) leave()
    }
  })

  // The way back shows no words: a page that the browser kept is asked for anew, and what was typed is gone.
  window.addEventListener('pagehide', forget)
  window.addEventListener('pageshow', function (event) {
    if (event.persisted) {
      document.documentElement.hidden = true
      window.location.reload()
    }
  })
})()
