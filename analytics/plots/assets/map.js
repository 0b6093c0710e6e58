(function (map, told) {
  const box = map.getContainer();
  box.classList.add("vigie-map");
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", told.label);
  box.lang = told.lang;
  box.dataset.view = told.view;

  const style = document.createElement("style");
  style.textContent = told.css;
  document.head.append(style);
  box.insertAdjacentHTML("afterbegin", told.patterns);

  const pane = (name, level) => {
    map.createPane(name).style.zIndex = level;
    return name;
  };
  const under = pane("vigie-under", 390);
  const over = pane("vigie-over", 410);
  const still = { pane: over, interactive: false };
  L.geoJSON(told.ground, { pane: under, stroke: false, fillOpacity: 1, className: "vigie-ground" })
    .bindTooltip(() => told.nothing[box.dataset.view], { sticky: true })
    .addTo(map);
  L.geoJSON(told.outside, { ...still, stroke: false, fillColor: told.colours.outside, fillOpacity: 0.86 }).addTo(map);
  L.geoJSON(told.communes, { ...still, color: told.colours.zone, opacity: 0.26, weight: 0.6 }).addTo(map);
  L.geoJSON(told.zones, { ...still, color: "#ffffff", opacity: 0.85, weight: 4 }).addTo(map);
  L.geoJSON(told.zones, { ...still, color: told.colours.zone, weight: 1.4 }).addTo(map);
  L.geoJSON(told.ground, { ...still, fill: false, color: told.colours.ink, weight: 1.5 }).addTo(map);

  told.names.forEach((name) => {
    const text = document.createElement("span");
    text.textContent = name.text;
    const icon = L.divIcon({ className: `vigie-name vigie-${name.kind} vigie-tier${name.tier}`, html: text, iconSize: null });
    L.marker([name.lat, name.lon], { icon, interactive: false, keyboard: false }).addTo(map);
  });

  const card = (position, html) => {
    const control = L.control({ position });
    control.onAdd = () => {
      const made = L.DomUtil.create("div", "vigie-card");
      made.innerHTML = html;
      L.DomEvent.disableClickPropagation(made);
      L.DomEvent.disableScrollPropagation(made);
      return made;
    };
    control.addTo(map);
    return control.getContainer();
  };
  const head = card("topleft", told.head);
  if (told.goto.length > 1) {
    const row = L.DomUtil.create("div", "vigie-goto", head);
    told.goto.forEach((place) => {
      const button = L.DomUtil.create("button", "", row);
      button.type = "button";
      button.textContent = place.text;
      button.addEventListener("click", () => map.fitBounds(place.bounds, room));
    });
  }
  const legend = card("bottomleft", told.legend);
  legend.querySelector("details").open = box.clientHeight >= 560;

  map.zoomControl.setPosition("topright");
  ["in", "out"].forEach((way) => {
    const button = box.querySelector(`.leaflet-control-zoom-${way}`);
    button.title = told.zoom[way];
    button.setAttribute("aria-label", told.zoom[way]);
  });
  map.attributionControl.setPrefix(false);
  told.sources.forEach((line) => map.attributionControl.addAttribution(line));

  // A name is written once it has some 80 pixels to itself.
  const step = () => {
    const middle = map.latLngToContainerPoint(map.getCenter());
    const metres = map.distance(map.containerPointToLatLng(middle), map.containerPointToLatLng(middle.add([100, 0])));
    const roomy = told.nearest.filter((km) => (km * 100000) / metres >= 80).length;
    box.dataset.step = Math.max(0, roomy - 1);
  };
  map.on("zoomend", step);
  // Title and legend lie on the left: where there is room, the territory stands clear of them.
  const room = { paddingTopLeft: [box.clientWidth > 1000 ? head.offsetWidth : 0, 0] };
  map.fitBounds(told.bounds, { animate: false, ...room });
  step();
  map.on("baselayerchange", (event) => {
    box.dataset.view = told.views[event.name.trim()];
  });
})
