"""Small improvements over whole pages. A fragment is a block of the page's own template."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import RequestContext
from django.template.loader import get_template
from django.template.loader_tags import BLOCK_CONTEXT_KEY, BlockContext, BlockNode, ExtendsNode


def wants_fragment(request: HttpRequest, fragment: str) -> bool:
    """Whether htmx asked for the element whose id is `fragment`, and not for a whole page."""
    asked = (
        request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers
    )
    return asked and request.headers.get("HX-Target", "") == fragment


def render_fragment(
    request: HttpRequest,
    template: str,
    fragment: str,
    context: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """The page `template`, or only its block `fragment` when htmx asked for that.

    The element that is replaced has the block's name as its id (`hx-target="#results"`).
    """
    if not wants_fragment(request, fragment):
        response = render(request, template, context, status=status)
    else:
        response = HttpResponse(render_block(request, template, fragment, context or {}), status=status)
    response.headers["Vary"] = "HX-Request, HX-Target, Cookie"
    return response


def render_block(request: HttpRequest, template: str, block: str, context: dict[str, Any]) -> str:
    """One `{% block %}` of `template`, as the page would show it. KeyError when it has none of that name."""
    page = get_template(template).template  # type: ignore[attr-defined]
    scope = RequestContext(request, context)
    with scope.bind_template(page), scope.render_context.push_state(page):
        blocks = BlockContext()
        layer = page
        while True:
            blocks.add_blocks({node.name: node for node in layer.nodelist.get_nodes_by_type(BlockNode)})
            extends = layer.nodelist.get_nodes_by_type(ExtendsNode)
            if not extends:
                break
            layer = extends[0].get_parent(scope)
        scope.render_context[BLOCK_CONTEXT_KEY] = blocks
        node = blocks.get_block(block)
        if node is None:
            raise KeyError(f"{template} has no block “{block}”.")
        return str(node.render(scope))


def whole_page_redirect(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A redirect, told to htmx: the whole page goes there, rather than a sign-in form into a table cell."""
    if request.headers.get("HX-Request") != "true" or response.status_code not in (301, 302, 303, 307, 308):
        return response
    answer = HttpResponse(status=204)
    answer.cookies = response.cookies
    answer.headers["HX-Redirect"] = response.headers["Location"]
    return answer
